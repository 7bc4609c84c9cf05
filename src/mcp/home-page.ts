import { htmlText } from '../encode/html.ts';
import { unreadTotalsInWords } from '../search/reading-notes.ts';
import type { StoreStatus } from '../store/records.ts';

/** Questions that show what Deedbox is for, with any contracts. */
export const exampleQuestions = [
  'Which contracts expire in the next 90 days, and by when must we give notice?',
  'Has this client signed an NDA with us? Show me the signature page.',
  'Compare the cap on liability in our vendor agreements, quoting each clause with its page.',
];

export interface HomePageModel {
  url: string;
  /** The configuration for Claude Desktop, as JSON. */
  desktopConfig: string;
  questions: string[];
  /** Contracts that the caller may read. */
  documents: number;
  files: StoreStatus['files'];
  failures: StoreStatus['failures'];
  unread: StoreStatus['unread'];
}

/** The page at the address of the service, for browsers. */
export function homePage(page: HomePageModel): string {
  const { url, desktopConfig, questions, documents, files, failures, unread } = page;
  const failureCounts = Object.entries(failures).map(([reason, count]) => `${count} ${reason}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deedbox</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1c1c1c; background: #fff; }
pre { background: #f2f2f0; padding: 0.75rem 1rem; overflow-x: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
dd { margin: 0; }
</style>
</head>
<body>
<h1>Deedbox</h1>
<p>Answers from your contracts, with proof, for Claude and other clients of the Model Context Protocol. Reading and searching happen on this machine; what it answers goes to the client that asked and, where that is a hosted model, to its provider.</p>
<h2>Index</h2>
<dl>
<dt>Contracts</dt><dd>${documents}${unread.documents > 0 ? `, ${unread.documents} of them read in part: ${htmlText(unreadTotalsInWords(unread))}` : ''}</dd>
<dt>Files waiting</dt><dd>${files.pending}</dd>
<dt>Files failed</dt><dd>${files.failed}${failureCounts.length > 0 ? ` (${htmlText(failureCounts.join(', '))})` : ''}</dd>
<dt>Files ignored</dt><dd>${files.ignored}</dd>
</dl>
<h2>Connect</h2>
<p>Claude Desktop: add this to its configuration file (Settings, Developer, Edit Config) and restart it.</p>
<pre>${htmlText(desktopConfig)}</pre>
<p>Claude Code:</p>
<pre>claude mcp add --transport http deedbox ${htmlText(url)}/mcp</pre>
<p>Any other client: <code>${htmlText(url)}/mcp</code> (Streamable HTTP)</p>
<h2>Then ask</h2>
<ul>
${questions.map((question) => `<li>${htmlText(question)}</li>`).join('\n')}
</ul>
</body>
</html>
`;
}
