/** Function words of German, French, Spanish, Italian and Dutch. */
const foreignWords =
  /(?<!\p{L})(?:wann|wer|welche[rsnm]?|der|die|das|und|mit|ist|sind|wird|hat|für|nicht|vertrag|quand|quels?|quelles?|les|des|avec|est|sont|pour|contrat|cuándo|cuando|qué|cuál|los|las|con|para|contrato|quando|quale|della|contratto|wanneer|welke|het|een|voor)(?!\p{L})/giu;
const englishWords =
  /(?<!\p{L})(?:the|is|are|of|with|what|which|when|who|does|do|any|and|for|to|has|have|we|our|they|if|how|can|may|an?)(?!\p{L})/iu;

/** A note on a question in another language: the index and the models are made for English contracts. */
export function languageNotes(query: string | undefined): string[] {
  if (query === undefined || englishWords.test(query)) return [];
  const words = new Set(Array.from(query.matchAll(foreignWords), ([word]) => word.toLowerCase()));
  if (words.size < 2) return [];
  return [
    'The question seems not to be in English. What is shown was found by the few words that it shares with the ' +
      'contracts: ask it in English, with names as they are written.',
  ];
}
