import { countLetters } from './legibility.ts';

/** A longer page is more than a notice, in letters and digits. */
const maxNoticeLength = 700;

/** Programs that show PDFs, as notices name them. */
const viewer =
  '(?:(?:pdf|adobe|acrobat|document)[- ]?(?:viewer|reader|betrachter|anzeige\\w*|programm\\w*|lezer|weergaveprogramma)|adobe reader|acrobat|(?:viewer|reader|visor|visualizador|visualiseur|visualizzatore|lecteur|lector|leitor|lettore|visionneuse)(?: d[eio])? ?(?:de )?pdf|pdf[- ]viewer)';
const wait =
  '(?:please wait|bitte warten|veuillez patienter|merci de patienter|attendere|(?:por favor,? )?espere|aguarde|(?:een )?ogenblik geduld|even geduld|vänta|vent(?:,? venligst|ligst)?|odota|proszę czekać|počkejte|kérjük,? várjon|lütfen bekleyin|подождите|お待ちください|请稍候|請稍候)';
const replaced =
  '(?:message is not (?:eventually )?replaced|meldung nicht .{0,60}ersetzt|message n.est pas .{0,30}remplacé|mensaje no se .{0,30}(?:reempla|sustitu)|messaggio non viene .{0,30}sostituito|bericht niet .{0,60}vervangen|mensagem não for .{0,30}substituíd)';
const openWith =
  '(?:open|view|see|display|read|öffnen|anzeigen|ansehen|ouvr\\w+|affich\\w+|consult\\w+|abr\\w+|ver|visuali[sz]\\w+|mostra\\w*|apri\\w*|aprire|openen|weergeven|bekijken|öppna|åbn\\w*|otw\\w+)';

/** What stands on a page until another program shows the contents of the file. */
const notices: readonly RegExp[] = [
  // a dynamic form
  new RegExp(`${wait}[\\s\\S]*(?:${viewer}|${replaced})`, 'iu'),
  new RegExp(replaced, 'iu'),
  new RegExp(
    `${viewer}[\\s\\S]{0,120}(?:not (?:be able to )?(?:display|support|show)|does not support|nicht (?:in der lage|unterst)|n(?:e|'e) .{0,30}pas|no (?:pueda|puede|admite)|non .{0,20}(?:grado|support)|niet .{0,60}(?:weergeven|ondersteun)|não .{0,40}(?:exibir|suport))`,
    'iu',
  ),
  // a portfolio
  new RegExp(`${openWith}[\\s\\S]{0,80}portfolio|portfolio[\\s\\S]{0,120}${openWith}`, 'iu'),
  new RegExp(`portfolio[\\s\\S]{0,120}${viewer}`, 'iu'),
  // either, in other words
  new RegExp(
    `(?:to|for) ${openWith}[\\s\\S]{0,60}this (?:document|form|file|pdf)[\\s\\S]{0,100}${viewer}`,
    'iu',
  ),
  // a file whose rights are managed
  /this (?:pdf|document|file|message)(?: file| document| message)? is (?:protected|encrypted)\b[\s\S]{0,200}(?:open|view|viewer|reader|read|install)/iu,
  // a saved web page
  /(?:enable|requires?|turn on) java ?script/iu,
];

/** Whether a page holds only a notice that its contents are elsewhere. */
export function isPlaceholder(page: string): boolean {
  const letters = countLetters(page);
  return letters > 0 && letters <= maxNoticeLength && notices.some((notice) => notice.test(page));
}

/** Whether a page is as short as such a notice. */
export const isShortPage = (page: string): boolean => countLetters(page) <= maxNoticeLength;
