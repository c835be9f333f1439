import { sql, type Expression, type SqlBool } from 'kysely';

/** Whether one of the columns contains the text; upper and lower case are the same. */
export function containsText(columns: readonly string[], text: string): Expression<SqlBool> {
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const parts = columns.map((name) => sql`lower(${sql.ref(name)}) LIKE ${pattern} ESCAPE '\\'`);
  return sql<SqlBool>`(${sql.join(parts, sql` OR `)})`;
}
