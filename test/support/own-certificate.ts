/**
 * Writes `own.pem` and `own.key`: a certificate for 127.0.0.1 that signs itself.
 * @param openssl runs the command in the folder that gets them
 */
export function writeOwnCertificate(openssl: (...args: string[]) => unknown): void {
  const own = [
    '-keyout',
    'own.key',
    '-out',
    'own.pem',
    '-subj',
    '/CN=r',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  ];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...own);
}
