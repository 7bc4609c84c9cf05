import { isAbsolute, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod/v4';

/** A folder of this machine, and the address under which people open it on theirs. */
export interface FileLink {
  /** An absolute path without a separator at its end. */
  folder: string;
  /** `https:`, `http:` or `file:`, without a slash at its end. */
  address: string;
}

const example =
  'write FOLDER=ADDRESS, such as /srv/contracts=https://files.firm.example/contracts or /srv/contracts=file://server/share; separate several by a semicolon';

/** `\\server\share\folder` as `file://server/share/folder`. */
function toAddress(text: string): string {
  if (!text.startsWith('\\\\')) return text;
  const [server = '', ...path] = text.slice(2).split('\\');
  return `file://${server}/${path.map(encodeURIComponent).join('/')}`;
}

/** The address of a folder, or what is wrong with it. */
function parseAddress(text: string): { address: string } | { problem: string } {
  const address = toAddress(text);
  if (!/^(https?|file):\/\//i.test(address) || !URL.canParse(address))
    return { problem: `"${text}" is not an https://, http:// or file:// address` };
  if (/%(?![0-9a-f]{2})/i.test(address))
    return { problem: `"${text}" has a % that stands for itself; write %25` };
  const url = new URL(address);
  if (url.username !== '' || url.password !== '')
    return {
      problem: 'an address may hold no user and no password, as everybody who asks sees it',
    };
  if (/[?#]/.test(address))
    return { problem: `"${text}" has a ? or #, which may not be part of it` };
  return { address: url.href.replace(/\/+$/, '') };
}

/** One `FOLDER=ADDRESS`, or what is wrong with it. The folder may have an equals sign in it. */
function parseLink(entry: string): FileLink | { problem: string } {
  const match = /^(.+?)=((?:[a-z][a-z0-9+.-]*:\/\/|\\\\).*)$/is.exec(entry);
  if (!match) return { problem: `"${entry}" maps no folder: ${example}` };
  const [, folder = '', text = ''] = match;
  if (!isAbsolute(folder)) return { problem: `"${folder}" is not an absolute path` };
  const parsed = parseAddress(text);
  return 'problem' in parsed ? parsed : { folder: withoutEnd(normalize(folder)), ...parsed };
}

const withoutEnd = (path: string) => (path.endsWith(sep) ? path.slice(0, -sep.length) : path);

/** The setting `DEEDBOX_LINKS`: folders with their addresses, separated by semicolons. */
export const fileLinks = z.string().transform((text, context): FileLink[] => {
  const entries = text.split(';').map((entry) => entry.trim());
  const links: FileLink[] = [];
  for (const entry of entries.filter((one) => one !== '')) {
    const link = parseLink(entry);
    if ('problem' in link) context.addIssue({ code: 'custom', message: link.problem });
    else if (links.some(({ folder }) => folder === link.folder))
      context.addIssue({ code: 'custom', message: `${link.folder || sep} has two addresses` });
    else links.push(link);
  }
  return links;
});

/** The links as the setting takes them. */
export const formatFileLinks = (links: readonly FileLink[]): string =>
  links.map(({ folder, address }) => `${folder || sep}=${address}`).join(';');

/**
 * The address under which people open a file: that of the innermost folder that has one, followed by the
 * names below it, percent-encoded; its own path on this machine where no folder has one.
 */
export function fileAddress(path: string, links: readonly FileLink[]): string {
  const [innermost] = links
    .filter(({ folder }) => path === folder || path.startsWith(folder + sep))
    .toSorted((a, b) => b.folder.length - a.folder.length);
  if (!innermost) return pathToFileURL(path).href;
  const names = path.slice(innermost.folder.length).split(sep);
  return innermost.address + names.map(encodeName).join('/');
}

/** Parentheses and the like as well, which programs that find links in a text take for their end. */
const encodeName = (name: string) =>
  encodeURIComponent(name).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
