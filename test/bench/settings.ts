/** How long and how hard to measure. */
export interface Settings {
  readonly rounds: number
  readonly seconds: number
  readonly warmSeconds: number
  readonly connections: number
  readonly soakMinutes: number
  /** Requests a second of garmat's create beside which passwords are hashed. */
  readonly perSecond: number
  /** A folder for what the servers write. */
  readonly folder: string
}
