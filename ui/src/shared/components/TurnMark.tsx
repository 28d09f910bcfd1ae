import type { Tour } from '../statuses'

const shapes: Record<Tour, React.ReactNode> = {
  cabinet: (
    <>
      <circle cx="8" cy="8" r="7" fill="var(--t-marque)" />
      <path d="M4.8 8h6M8.4 5.4 11 8l-2.6 2.6" fill="none" stroke="#fff" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  client: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="var(--t-marque)" strokeWidth="1.8" />
      <path d="M8 4.4a3.6 3.6 0 0 1 0 7.2z" fill="var(--t-marque)" />
    </>
  ),
  tiers: (
    <>
      <path d="M8 1.6 14.4 8 8 14.4 1.6 8z" fill="none" stroke="var(--t-marque)" strokeWidth="1.8" strokeLinejoin="round" />
      <circle cx="8" cy="8" r="1.9" fill="var(--t-marque)" />
    </>
  ),
  personne: (
    <circle cx="8" cy="8" r="6" fill="none" stroke="var(--t-marque)" strokeWidth="1.8" strokeDasharray="2.6 2.1" />
  ),
}

/** Shape of a turn: disc with arrow, half-filled ring, diamond, dashed ring. Reads without colour. */
export function TurnMark({ tour, size = 14 }: { tour: Tour; size?: number }) {
  const ton = tour === 'personne' ? 'neutre' : tour
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" data-ton={ton} aria-hidden="true" style={{ flex: 'none' }}>
      {shapes[tour]}
    </svg>
  )
}
