/** Whether a raw path fits a path template of OpenAPI: a segment that begins with a parameter takes any text. */
export function fitsPath(template: string, path: string): boolean {
  const segments = path.split('/')
  const wanted = template.split('/')
  return (
    wanted.length === segments.length &&
    wanted.every((segment, index) => segment === segments[index] || (segment.startsWith('{') && segments[index] !== ''))
  )
}
