/**
 * The first web page in a web archive (MHTML, RFC 2557), as Word embeds one; the bytes themselves where
 * there is none.
 */
export function readWebArchive(data: Buffer): Buffer {
  const archive = data.toString('latin1');
  const boundary = /boundary="?([^"\s;]{1,200})/i.exec(archive.slice(0, 4096))?.[1];
  const parts = boundary === undefined ? [archive] : archive.split(`--${boundary}`);
  for (const part of parts) {
    const headEnd = /\r?\n\r?\n/.exec(part);
    if (!headEnd) continue;
    const head = part.slice(0, headEnd.index);
    if (!/^Content-Type:\s*text\/html/im.test(head)) continue;
    return decodePart(head, part.slice(headEnd.index + headEnd[0].length));
  }
  return data;
}

function decodePart(head: string, content: string): Buffer {
  const encoding = /^Content-Transfer-Encoding:\s*([\w-]+)/im.exec(head)?.[1]?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(content, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(content, 'latin1');
  const bytes = content
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1');
}
