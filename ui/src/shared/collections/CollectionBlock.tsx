import { ActionIcon, Button, Group, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { CollectionView, LigneView } from '../api/types'
import { Card, Section } from '../components/Card'
import { ConfirmDialog } from '../components/ConfirmDialog'
import { EmptyState } from '../components/States'
import { StatusBadge } from '../components/StatusBadge'
import { count } from '../format'
import { STROKE } from '../icons'
import { toneOfColour } from '../statuses'
import classes from './Collections.module.css'
import { LineDrawer } from './LineDrawer'
import { useLines } from './useLines'
import { type Format, isNumeric, NONE, valueOf, valueText } from './values'

const LinesDialog = lazy(() => import('./LinesDialog'))

/** More statuses than that to choose from are in a menu. */
const CHOICES_AT_MOST = 3

/** More columns than that are read line by line, where there is no room for them side by side. */
const COLUMNS_AT_MOST = 6

interface Props {
  demarcheId: string
  collection: CollectionView
  onError?: (error: unknown) => void
}

/** The lines of one collection: a table, cards on a phone; adding, changing, removing, statuses, totals (MOD-02). */
export function CollectionBlock({ demarcheId, collection, onError }: Props) {
  const [edited, setEdited] = useState<LigneView | 'nouvelle' | 'plusieurs' | null>(null)
  const [removed, setRemoved] = useState<LigneView | null>(null)
  const lines = useLines(demarcheId)
  const { colonnes, lignes, gerable, complete, statuts, totaux, attendue } = collection
  const given = statuts.filter((statut) => statut.a_moi)
  const children = lignes.some(({ enfant }) => enfant !== null)
  // Whoever has nothing else to do with a line than to decide finds the answers on it.
  const decides = !gerable && given.length <= CHOICES_AT_MOST
  const actionable = gerable || (given.length > 0 && !decides)
  const setStatut = (ligne: LigneView, statut: string): void => {
    lines.setStatut(collection.cle, ligne.id, statut).catch((error: unknown) => onError?.(error))
  }
  const add = gerable && !complete && (
    <Group gap={8} justify="center">
      <Button variant="subtle" size="xs" onClick={() => setEdited('plusieurs')}>
        Plusieurs… <span className="el-hors-vue">{collection.libelle}</span>
      </Button>
      <Button variant={lignes.length === 0 ? 'filled' : 'default'} size="xs" leftSection={<IconPlus size={16} stroke={STROKE} />} onClick={() => setEdited('nouvelle')}>
        Ajouter <span className="el-hors-vue">: {collection.singulier}</span>
      </Button>
    </Group>
  )
  return (
    <Section titre={collection.libelle} aside={lignes.length > 0 ? add : undefined}>
      <Card nue>
        {lignes.length === 0 ? (
          <div className={classes.empty}>
            <EmptyState>
              {attendue > 0 ? `Il en manque ${attendue} pour continuer.` : `Rien ici pour l’instant.`}
            </EmptyState>
            {add}
          </div>
        ) : (
          <div className={classes.scroll}>
            <table className={classes.table} data-large={colonnes.length + (statuts.length > 0 ? 1 : 0) + (children ? 1 : 0) > COLUMNS_AT_MOST || undefined}>
              <caption className="el-hors-vue">{collection.libelle}, {count(lignes.length, 'ligne')}</caption>
              <thead>
                <tr>
                  {colonnes.map(({ cle, libelle, format }) => <th key={cle} scope="col" data-nombre={isNumeric(format as Format) || undefined}>{libelle}</th>)}
                  {statuts.length > 0 && <th scope="col">Statut</th>}
                  {children && <th scope="col">Suivi</th>}
                  {actionable && <th scope="col"><span className="el-hors-vue">Actions</span></th>}
                </tr>
              </thead>
              <tbody>
                {lignes.map((ligne) => (
                  <tr key={ligne.id}>
                    {colonnes.map(({ cle, libelle, format, choix }) => {
                      const texte = valueText(format as Format, valueOf(ligne, cle), choix)
                      return <td key={cle} data-libelle={libelle} data-nombre={isNumeric(format as Format) || undefined} data-vide={texte === NONE || undefined}>{texte}</td>
                    })}
                    {statuts.length > 0 && (
                      <td data-libelle="Statut">
                        <span className={classes.statut} data-ton={toneOfColour(ligne.couleur ?? 'gris')}>{ligne.statut_libelle}</span>
                        {ligne.motif && <span className={classes.motif}>{ligne.motif}</span>}
                        {decides && given.length > 0 && (
                          <span className={classes.answers}>
                            {given.filter((statut) => statut.cle !== ligne.statut).map((statut) => (
                              <Button key={statut.cle} variant="default" size="xs" onClick={() => setStatut(ligne, statut.cle)}>
                                <span className="el-hors-vue">{ligne.nom} : </span>{statut.libelle}
                              </Button>
                            ))}
                          </span>
                        )}
                      </td>
                    )}
                    {children && (
                      <td data-libelle="Suivi">
                        {ligne.enfant && (
                          <Link to="/demarches/$id" params={{ id: ligne.enfant.demarche_id } as never}>
                            <span className="el-hors-vue">Ouvrir : {ligne.nom}, </span>
                            <StatusBadge objet="demarche" cle={ligne.enfant.statut} perso={{ libelle: ligne.enfant.statut_libelle, couleur: ligne.enfant.couleur }} court />
                            {ligne.enfant.suite && <StatusBadge objet="demarche" cle={ligne.enfant.suite.cle} perso={ligne.enfant.suite} court />}
                          </Link>
                        )}
                      </td>
                    )}
                    {actionable && (
                      <td className={classes.actions}>
                        <Menu position="bottom-end" withinPortal>
                          <Menu.Target>
                            <ActionIcon variant="subtle" size={40} aria-label={`Actions : ${ligne.nom}`}><IconDots size={20} stroke={STROKE} /></ActionIcon>
                          </Menu.Target>
                          <Menu.Dropdown>
                            {gerable && <Menu.Item leftSection={<IconPencil size={18} stroke={STROKE} />} onClick={() => setEdited(ligne)}>Modifier…</Menu.Item>}
                            {given.filter((statut) => statut.cle !== ligne.statut).map((statut) => (
                              <Menu.Item key={statut.cle} onClick={() => setStatut(ligne, statut.cle)}>{statut.libelle}</Menu.Item>
                            ))}
                            {gerable && <Menu.Item color="red" leftSection={<IconTrash size={18} stroke={STROKE} />} onClick={() => setRemoved(ligne)}>Retirer…</Menu.Item>}
                          </Menu.Dropdown>
                        </Menu>
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {lignes.length > 0 && totaux.length > 0 && (
          <dl className={classes.totals}>
            {totaux.map(({ libelle, valeur, format }) => <div key={libelle}><dt>{libelle}</dt><dd>{valueText(format as Format, valeur)}</dd></div>)}
          </dl>
        )}
      </Card>
      {edited === 'plusieurs' && (
        <Suspense><LinesDialog demarcheId={demarcheId} collection={collection} onClose={() => setEdited(null)} /></Suspense>
      )}
      {edited && edited !== 'plusieurs' && (
        <LineDrawer demarcheId={demarcheId} collection={collection} {...(edited === 'nouvelle' ? {} : { ligne: edited })} onClose={() => setEdited(null)} />
      )}
      <ConfirmDialog
        ouvert={removed !== null}
        onClose={() => setRemoved(null)}
        titre={`Retirer « ${removed?.nom ?? ''} » ?`}
        action="Retirer"
        danger
        motif={{ libelle: 'Motif', propositions: ['Erreur de saisie', 'En double'] }}
        onConfirm={async (motif) => {
          if (removed) await lines.remove(collection.cle, removed.id, motif)
          setRemoved(null)
        }}
      >
        Ce qui en dépend sera recalculé. L’historique garde la trace de ce retrait.
      </ConfirmDialog>
    </Section>
  )
}
