/** Categories in the order of their sections; one that an author invents comes after them, under its own name (MOD-07). */
export const categories: Record<string, string> = {
  rh: 'Ressources humaines', courtage: 'Courtage et assurances', recouvrement: 'Recouvrement', financement: 'Financement', conseil: 'Conseil',
}
