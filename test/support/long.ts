/** Whether tests take the time for their full numbers; `npm run test:long` says so. */
export const isLong = process.env['LONG_TESTS'] === 'true';
