/** Who promises something: the values of `x-provenance`, what they mean, and the colour they have in the reference. */
export const GRADES: readonly { readonly name: string; readonly meaning: string; readonly color: string }[] = [
  { name: 'documented', meaning: "the vendor's page for this operation says it", color: 'green' },
  { name: 'vendor', meaning: 'another public page of the vendor says it', color: 'blue' },
  { name: 'decided', meaning: 'nobody says it: our choice', color: 'orange' },
]
