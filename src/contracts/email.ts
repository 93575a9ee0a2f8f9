/** The form in which e-mail addresses are compared. They are stored and returned as sent. */
export function foldEmail(email: string): string {
  return email.toLowerCase()
}
