/** Whether tests run in full, as in `npm run test:long`. */
export const isLong = process.env['LONG_TESTS'] === 'true';
