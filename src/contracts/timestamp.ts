/** UTC in whole seconds: 2024-01-15T14:30:00Z. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
