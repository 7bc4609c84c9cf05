/**
 * What each kind of evidence adds to the score of a passage at most; learned by `npm run train:ranking`, see
 * models/passage-ranking/README.md.
 */
export const rankingWeights = {
  lexical: 0.48,
  dense: 0.77,
  clause: 2.06,
  document: 1,
  exact: 2.1,
};
