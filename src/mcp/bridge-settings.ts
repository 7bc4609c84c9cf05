/** How the settings of a bridge are called where its user finds them. */
export interface SettingNames {
  /** The address of the service. */
  address: string;
  key: string;
  /** The file with the certificate of an authority. */
  authority: string;
  /** What allows an address without encryption. */
  allowHttp: string;
  /** Where the settings are, and how a change takes effect. */
  howToChange: string;
}

/** Of `deedbox stdio`, which is configured by its environment. */
export const environmentNames: SettingNames = {
  address: 'DEEDBOX_URL',
  key: 'DEEDBOX_KEY',
  authority: 'NODE_EXTRA_CA_CERTS',
  allowHttp: 'DEEDBOX_ALLOW_HTTP=true',
  howToChange:
    'It is in the configuration of Claude Desktop, which must be started again after a change.',
};

/** The titles of the fields that Claude Desktop shows for the bundle. */
export const bundleFields = {
  address: 'Address of the service',
  key: 'Key',
  authority: "Certificate of the organisation's own authority",
  allowHttp: 'Allow an address without encryption',
};

/** Of the bundle for Claude Desktop. */
export const bundleNames: SettingNames = {
  address: `“${bundleFields.address}”`,
  key: `“${bundleFields.key}”`,
  authority: `“${bundleFields.authority}”`,
  allowHttp: `“${bundleFields.allowHttp}”`,
  howToChange:
    'It is in the settings of Claude Desktop, under Extensions, Deedbox; switch the extension off and on after a change.',
};

/** Environment variables that the fields of the bundle set. */
const variables: [string, string][] = [
  ['DEEDBOX_URL', bundleNames.address],
  ['DEEDBOX_KEY', bundleNames.key],
  ['DEEDBOX_ALLOW_HTTP', bundleNames.allowHttp],
  ['NODE_EXTRA_CA_CERTS', bundleNames.authority],
];

/** A text that names environment variables, with the names of the fields that set them. */
export function withFieldNames(text: string): string {
  return variables.reduce((result, [variable, field]) => result.replaceAll(variable, field), text);
}
