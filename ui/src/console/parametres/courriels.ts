export const ROOT = '/api/parametres/courriels'
export const COURRIELS = ['parametres', 'courriels']
