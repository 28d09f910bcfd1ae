import { Button } from '@mantine/core'
import { Theme } from '@rjsf/mantine'
import { withTheme } from '@rjsf/core'
import { createSchemaUtils, type RJSFSchema, type UiSchema } from '@rjsf/utils'
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react'
import '../theme/composants.css'
import './composants.css'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError, messageOf } from '../api/http'
import { count, NBSP } from '../format'
import { STROKE } from '../icons'
import classes from './DynamicForm.module.css'
import { DEFAULTS, withEmptyBoxes } from './defauts'
import { Recap } from './Recap'
import { templates, translate } from './templates'
import { titled } from './titles'
import { type FieldIssue, issuesOf, newIssues, toErrors, topField, validator } from './validator'
import { fields, widgets } from './widgets'

const Form = withTheme({ ...Theme, templates: { ...Theme.templates, ...templates }, fields, widgets })

/** A place that the firm marked, by its path (a field, « temoins/1 », « enfants/0/prenom »), and its word. */
export interface Marque {
  champ: string
  etat: 'incorrect' | 'incomplet'
  mot: string
}

export type FormData = Record<string, unknown>

/** A page of the form, from `ui:etapes` of the UI schema. */
interface Step {
  titre: string
  description?: string
  champs: string[]
  /** Page that shows all the answers again before sending. */
  recapitulatif?: boolean
}

interface Props {
  schema: Record<string, unknown>
  /** rjsf's UI schema plus `ui:etapes: [{titre, description?, champs}]`. */
  uiSchema?: Record<string, unknown> | null
  data?: FormData | null
  /** Called while the person fills the form; the caller debounces and saves. */
  onDraft?: (data: FormData) => void
  /** « Brouillon enregistré à 9 h 12 » */
  brouillon?: ReactNode
  /** Sends the data; an ApiError with field paths is shown next to its fields. */
  onSubmit: (data: FormData) => Promise<unknown>
  /** Label of the last button; `ui:submitButtonOptions.submitText` otherwise. */
  action?: string
  /** Content before the fields of the last page: price, consent text. */
  avantEnvoi?: ReactNode
  /** Title already shown above the form: a page of that title does not say it again. */
  titre?: string
  lectureSeule?: boolean
  /** Opens on its first page, however much is filled: it is to be looked at, not gone on with. */
  auDebut?: boolean
  /** Fields to correct: each shows its word, and the form opens on the first. */
  marques?: readonly Marque[]
  /** Answers that were sent before, when they come back to be corrected. */
  envoyees?: FormData | null
}

const NONE: readonly Marque[] = []

const ID_SEPARATOR = '.'
const pointerOfId = (id: string): string => id.replace(/^root\.?/, '/').replaceAll('.', '/')

/**
 * Form written by an admin as JSON Schema + UI schema (DEM-04, MOD-05, MOD-14): pages, conditional fields, drafts,
 * French messages. rjsf draws the fields; our validator decides, and only on what the person has already filled.
 */
export function DynamicForm({ schema, uiSchema, data, onDraft, brouillon, onSubmit, action, avantEnvoi, titre, lectureSeule = false, auDebut = false, marques = NONE, envoyees }: Props) {
  const rjsfSchema = useMemo(() => withWords(envoyees ? (withoutDefaults(schema) as Node) : withEmptyBoxes(schema, uiSchema ?? {}), uiSchema, marques) as RJSFSchema, [schema, uiSchema, marques, envoyees])
  const utils = useMemo(() => createSchemaUtils(validator, rjsfSchema, DEFAULTS), [rjsfSchema])
  const [value, setValue] = useState<FormData>(() => (utils.getDefaultFormState(rjsfSchema, data ?? {}) ?? {}) as FormData)
  const [issues, setIssues] = useState<FieldIssue[]>([])
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const root = useRef<HTMLFormElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const moved = useRef(false)

  const titledSchema = useMemo(() => titled(rjsfSchema, value), [rjsfSchema, value])
  /** Definitions of the fields that exist for these answers. */
  const present = useMemo(
    () => (utils.retrieveSchema(titledSchema, value).properties ?? {}) as Record<string, Record<string, unknown>>,
    [utils, titledSchema, value],
  )

  const steps = useMemo(() => stepsOf(uiSchema, present), [uiSchema, present])
  // A draft opens on the first page that still lacks something.
  const [page, setPage] = useState(() => {
    if (auDebut || !data || Object.keys(data).length === 0) return 0
    const marked = steps.findIndex((each) => each.champs.some((field) => marques.some(({ champ }) => topField(`/${champ}`) === field)))
    if (marked >= 0) return marked
    const wrong = new Set(issuesOf(rjsfSchema, data).map((issue) => topField(issue.pointer)))
    const first = steps.findIndex((each) => each.champs.some((field) => wrong.has(field)))
    return first >= 0 ? first : Math.max(0, steps.length - 1)
  })

  /** Answers to questions that no longer apply are neither checked nor sent. */
  const relevant = (data: FormData): FormData => {
    const kept = utils.retrieveSchema(rjsfSchema, data).properties ?? {}
    return Object.fromEntries(Object.entries(data).filter(([field]) => field in kept))
  }
  const check = (data: FormData): FieldIssue[] => newIssues(rjsfSchema, relevant(data), envoyees)

  const current = Math.min(page, Math.max(0, steps.length - 1))
  const step = steps[current]
  const last = current >= steps.length - 1
  const fields = useMemo(() => new Set(step?.champs ?? []), [step])

  const submitText = (uiSchema?.['ui:submitButtonOptions'] as { submitText?: string } | undefined)?.submitText

  const shownUiSchema = useMemo<UiSchema>(() => {
    const order = steps.flatMap((each) => each.champs)
    const pages: UiSchema = { ...(uiSchema ?? {}), 'ui:order': [...order, '*'], 'ui:submitButtonOptions': { norender: true } }
    for (const field of order) {
      if (!fields.has(field)) pages[field] = { ...(pages[field] as object | undefined), 'ui:widget': 'hidden' }
    }
    for (const [field, definition] of Object.entries(present)) pages[field] = withRanks(definition, pages[field])
    // Its help stands in the description, with the word.
    for (const { champ } of marques) if (!champ.includes('/')) pages[champ] = { ...(pages[champ] as object | undefined), 'ui:help': undefined }
    return pages
  }, [uiSchema, steps, fields, marques, present])

  const marked = useMemo(() => ({ mots: new Map(marques.map((mark) => [mark.champ, wordOf(mark)])) }), [marques])
  const extraErrors = useMemo(() => toErrors(issues), [issues])

  useEffect(() => {
    if (!moved.current) return
    moved.current = false
    heading.current?.focus()
    root.current?.scrollIntoView({ block: 'start' })
  }, [current])

  const focusFirst = (list: FieldIssue[]): void => {
    const first = list[0]
    if (!first) return
    requestAnimationFrame(() => {
      const target = document.getElementById(`root${first.pointer.replaceAll('/', ID_SEPARATOR)}`)
      const input = target?.matches('input, textarea, select') ? target : target?.querySelector<HTMLElement>('input, textarea, select')
      ;(input ?? target)?.focus()
      ;(input ?? target)?.scrollIntoView({ block: 'center' })
    })
  }

  const change = (next: FormData): void => {
    const changed = new Set([...Object.keys(next), ...Object.keys(value)].filter((field) => next[field] !== value[field]))
    setValue(next)
    if (issues.length > 0) {
      const wrong = new Map(check(next).map((issue) => [issue.pointer, issue]))
      // A message stays while its field is still wrong; the server's own go once the field is touched.
      setIssues(issues.flatMap((issue) => (changed.has(topField(issue.pointer)) ? (wrong.get(issue.pointer) ?? []) : issue)))
    }
    if (changed.size > 0) onDraft?.(next)
  }

  const blur = (id: string): void => {
    const pointer = pointerOfId(id)
    const field = topField(pointer)
    if (value[field] === undefined || value[field] === '') return
    const found = check(value).find((issue) => issue.pointer === pointer)
    if (found) setIssues((before) => [...before.filter((issue) => issue.pointer !== pointer), found])
  }

  const goTo = (index: number): void => {
    moved.current = true
    setPage(index)
  }

  /** Issues of one page, from top to bottom. */
  const wrongIn = (list: FieldIssue[], step: Step | undefined): FieldIssue[] => {
    const rank = (issue: FieldIssue): number => step?.champs.indexOf(topField(issue.pointer)) ?? -1
    return list.filter((issue) => rank(issue) >= 0).sort((a, b) => rank(a) - rank(b))
  }

  const submit = async (): Promise<void> => {
    setFailure(null)
    const all = check(value)
    if (!last) {
      const here = wrongIn(all, step)
      setIssues(here)
      if (here.length > 0) focusFirst(here)
      else goTo(current + 1)
      return
    }
    setIssues(all)
    if (all.length > 0) {
      showFirst(all)
      return
    }
    setBusy(true)
    try {
      await onSubmit(relevant(value))
    } catch (error) {
      const refused = error instanceof ApiError ? error.errors : []
      const found = refused.map(({ pointer, detail }) => ({ pointer: fieldPointer(pointer, present), message: detail }))
      setIssues(found)
      showFirst(found)
      setFailure(found.length > 0 ? null : messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  const showFirst = (list: FieldIssue[]): void => {
    const target = steps.findIndex((each) => wrongIn(list, each).length > 0)
    if (target >= 0 && target !== current) setPage(target)
    focusFirst(target >= 0 ? wrongIn(list, steps[target]) : list)
  }

  const here = wrongIn(issues, step)
  return (
    <form
      ref={root}
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {steps.length > 1 && (
        <nav className={classes.steps} aria-label="Étapes du formulaire">
          <ol>
            {steps.map(({ titre }, index) => (
              <li key={titre} data-etat={index < current ? 'fait' : index === current ? 'courant' : 'a_venir'}>
                {index < current ? (
                  <button type="button" onClick={() => goTo(index)}>{titre}<span className="el-hors-vue"> (revenir à cette étape)</span></button>
                ) : (
                  <span aria-current={index === current ? 'step' : undefined}>{titre}</span>
                )}
              </li>
            ))}
          </ol>
        </nav>
      )}
      {step?.titre && (steps.length > 1 || step.titre !== titre || step.description) && (
        <div className={classes.head}>
          {steps.length > 1 && <p className={classes.count}>Étape {current + 1} sur {steps.length}</p>}
          {step.titre !== titre && <h2 ref={heading} tabIndex={-1}>{step.titre}</h2>}
          {step.description && <p>{step.description}</p>}
        </div>
      )}
      {here.length > 1 && (
        <p className={classes.summary} role="alert">{count(here.length, 'point')} à corriger ci-dessous.</p>
      )}
      <div hidden={step?.recapitulatif}>
        <Form
          tagName="div"
          schema={titledSchema}
          uiSchema={shownUiSchema}
          formContext={marked}
          formData={value}
          validator={validator}
          noValidate
          noHtml5Validate
          showErrorList={false}
          extraErrors={extraErrors}
          idSeparator={ID_SEPARATOR}
          disabled={lectureSeule}
          translateString={translate}
          experimental_defaultFormStateBehavior={DEFAULTS}
          onChange={({ formData }) => change((formData ?? {}) as FormData)}
          onBlur={blur}
          onError={() => undefined}
        />
      </div>
      {step?.recapitulatif &&
        steps.slice(0, current).map(({ titre, champs }, index) => (
          <Recap key={titre} titre={titre} champs={champs} proprietes={present} donnees={value} onEdit={() => goTo(index)} />
        ))}
      {last && avantEnvoi}
      {failure && <p className={classes.failure} role="alert">{failure}</p>}
      {!lectureSeule && (
        <div className={classes.actions}>
          <Button type="submit" loading={busy} rightSection={last ? undefined : <IconArrowRight size={20} stroke={STROKE} />}>
            {last ? (action ?? submitText ?? 'Envoyer') : 'Continuer'}
          </Button>
          {current > 0 && (
            <Button variant="subtle" leftSection={<IconArrowLeft size={20} stroke={STROKE} />} onClick={() => goTo(current - 1)}>
              Étape précédente
            </Button>
          )}
          <p className={classes.draft} role="status">{brouillon}</p>
        </div>
      )}
    </form>
  )
}

type Node = Record<string, unknown>

/** The schema of answers that were sent: nothing is answered by default in place of their author. */
function withoutDefaults(node: unknown, names = false): unknown {
  if (Array.isArray(node)) return node.map((each) => withoutDefaults(each))
  if (node === null || typeof node !== 'object') return node
  // Under `properties` the keys are names of fields: one of them may well be called « default ».
  const kept = Object.entries(node).filter(([key]) => names || key !== 'default')
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutDefaults(each, !names && (key === 'properties' || key === '$defs'))]))
}

const wordOf = ({ etat, mot }: Marque): string => `${etat === 'incorrect' ? 'Incorrect' : 'Incomplet'}${NBSP}: ${mot}`

/** The schema with the firm's words in the descriptions of the marked fields: what a screen reader reads with each. */
function withWords(schema: Node, uiSchema: Node | null | undefined, marques: readonly Marque[]): Node {
  if (marques.length === 0) return schema
  const properties = { ...(schema.properties as Record<string, Node> | undefined) }
  for (const mark of marques) {
    const { champ } = mark
    const field = properties[champ]
    if (!field) continue
    const usual = [field.description, (uiSchema?.[champ] as Node | undefined)?.['ui:help']].filter((text) => typeof text === 'string')
    properties[champ] = { ...field, description: [wordOf(mark), ...usual].join('\n') }
  }
  // Fields that depend on an answer are declared in its branches.
  const branch = (node: unknown): unknown => (node && typeof node === 'object' ? withWords(node as Node, uiSchema, marques) : node)
  return {
    ...schema,
    ...(schema.properties ? { properties } : {}),
    ...(schema.then ? { then: branch(schema.then) } : {}),
    ...(schema.else ? { else: branch(schema.else) } : {}),
    ...(Array.isArray(schema.allOf) ? { allOf: schema.allOf.map(branch) } : {}),
  }
}

/** Pages to show for these answers: a page whose fields are all absent is skipped. */
function stepsOf(uiSchema: Record<string, unknown> | null | undefined, present: Record<string, unknown>): Step[] {
  const declared = (uiSchema?.['ui:etapes'] as Step[] | undefined) ?? []
  const all: Step[] = declared.length > 0 ? declared : [{ titre: '', champs: [] }]
  const named = new Set(all.flatMap((step) => step.champs))
  const rest = Object.keys(present).filter((field) => !named.has(field))
  const home = all.findLastIndex((step) => !step.recapitulatif)
  return all
    // A field that no page names goes to the last one that has fields, rather than nowhere.
    .map((step, index) => (index === home ? { ...step, champs: [...step.champs, ...rest] } : step))
    .filter((step) => step.recapitulatif || step.champs.some((field) => field in present))
}

/** The items of a list under their own title and their rank, « Dette 1 »: rjsf numbers the title of the list. */
function withRanks(definition: Node, uiSchema: UiSchema = {}): UiSchema {
  const each = (definition.items ?? {}) as Node
  const title = each.title ?? definition.title
  // Boxes to tick have no rank.
  if (definition.type !== 'array' || typeof title !== 'string' || each.enum || each.oneOf) return uiSchema
  const items = uiSchema.items as UiSchema | undefined
  return { ...uiSchema, items: (_item: unknown, index: number): UiSchema => ({ ...items, 'ui:title': `${title} ${index + 1}` }) }
}

/** Server pointers may start with an envelope (`/donnees/nom`): keep from the first segment that is a field. */
function fieldPointer(pointer: string, present: Record<string, unknown>): string {
  const parts = pointer.replace(/^#/, '').split('/').filter(Boolean)
  const start = parts.findIndex((part) => part in present)
  return `/${parts.slice(Math.max(0, start)).join('/')}`
}

export default DynamicForm
