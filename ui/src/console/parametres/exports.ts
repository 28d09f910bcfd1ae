export const ROOT = '/api/parametres/exports'
export const EXPORTS = ['parametres', 'exports']
