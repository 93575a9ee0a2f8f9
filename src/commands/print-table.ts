/** Rows for a reader, on stdout: a heading, and columns as wide as their longest cell. */
export function printTable<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, unknown>>[],
): void {
  // Control and format characters could move a terminal's cursor or turn a line around: a user chose these texts.
  const cells = rows.map((row) =>
    columns.map((column) => String(row[column] ?? '-').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')),
  )
  const lines = [[...columns], ...cells]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)))
  for (const line of lines) {
    console.log(
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  }
}
