/** Version 6 of the schema: full text of folded words. */
export const foldingMigration = `
  INSERT INTO passage_fts (passage_fts) VALUES ('delete-all');
  INSERT INTO passage_fts (rowid, heading, body, document)
    SELECT p.id, fold_for_index(p.heading), body_for_index(p.heading, i.text), 'd' || c.document
    FROM document_contents c
    JOIN index_texts(c.text, coalesce(c.index_texts, ''), (
      SELECT json_group_array(json_object('id', id, 'start', start, 'end', "end"))
      FROM (SELECT id, start, "end" FROM passages WHERE document = c.document ORDER BY id)
    )) i JOIN (
      SELECT id, (SELECT coalesce(group_concat(value, ' '), '') FROM json_each(passages.path)) AS heading
      FROM passages
    ) p ON p.id = i.passage;

  DELETE FROM document_fts;
  INSERT INTO document_fts (rowid, title, parties, file_name, folder, opening)
    SELECT d.id, fold_for_index(d.title),
      fold_for_index((SELECT coalesce(group_concat(name, '; '), '') FROM parties WHERE document = d.id)),
      fold_for_index(f.file_name), fold_for_index(f.folder),
      fold_for_index(substr(unpack_text(c.text), 1, 2000))
    FROM documents d JOIN files f ON f.id = d.id JOIN document_contents c ON c.document = d.id;
`;
