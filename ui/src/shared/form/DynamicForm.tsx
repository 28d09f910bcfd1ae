import { Button } from '@mantine/core'
import { Theme } from '@rjsf/mantine'
import { withTheme } from '@rjsf/core'
import { createSchemaUtils, type RJSFSchema, type UiSchema } from '@rjsf/utils'
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react'
import '@mantine/core/styles.layer.css'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError, messageOf } from '../api/http'
import { count } from '../format'
import { STROKE } from '../icons'
import { DateWidget } from './DateWidget'
import classes from './DynamicForm.module.css'
import { templates, translate } from './templates'
import { type FieldIssue, issuesOf, toErrors, validator } from './validator'

const Form = withTheme({ ...Theme, templates: { ...Theme.templates, ...templates }, widgets: { ...Theme.widgets, DateWidget, date: DateWidget } })

export type FormData = Record<string, unknown>

/** A page of the form, from `ui:etapes` of the UI schema. */
interface Step {
  titre: string
  description?: string
  champs: string[]
}

interface Props {
  schema: Record<string, unknown>
  /** rjsf's UI schema plus `ui:etapes: [{titre, description?, champs}]`. */
  uiSchema?: Record<string, unknown> | null
  data?: FormData | null
  /** Page to open on, from a draft. */
  etape?: number
  /** Called while the person fills the form, with the page shown; the caller debounces and saves. */
  onDraft?: (data: FormData, etape: number) => void
  /** « Brouillon enregistré à 9 h 12 » */
  brouillon?: ReactNode
  /** Sends the data; an ApiError with field paths is shown next to its fields. */
  onSubmit: (data: FormData) => Promise<unknown>
  action: string
  /** Content before the fields of the last page: price, consent text. */
  avantEnvoi?: ReactNode
  lectureSeule?: boolean
}

const ID_SEPARATOR = '.'
const pointerOfId = (id: string): string => id.replace(/^root\.?/, '/').replaceAll('.', '/')
const topField = (pointer: string): string => pointer.split('/')[1] ?? ''

/**
 * Form written by an admin as JSON Schema + UI schema (DEM-04, MOD-05, MOD-14): pages, conditional fields, drafts,
 * French messages. rjsf draws the fields; our validator decides, and only on what the person has already filled.
 */
export function DynamicForm({ schema, uiSchema, data, etape = 0, onDraft, brouillon, onSubmit, action, avantEnvoi, lectureSeule = false }: Props) {
  const [value, setValue] = useState<FormData>(data ?? {})
  const [page, setPage] = useState(etape)
  const [issues, setIssues] = useState<FieldIssue[]>([])
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const root = useRef<HTMLFormElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const moved = useRef(false)

  const rjsfSchema = schema as RJSFSchema
  const utils = useMemo(() => createSchemaUtils(validator, rjsfSchema), [rjsfSchema])

  /** Fields that exist for these answers. */
  const present = useMemo(() => {
    const resolved = utils.retrieveSchema(rjsfSchema, value)
    return new Set(Object.keys(resolved.properties ?? {}))
  }, [utils, rjsfSchema, value])

  const steps = useMemo<Step[]>(() => {
    const declared = (uiSchema?.['ui:etapes'] as Step[] | undefined) ?? []
    const named = new Set(declared.flatMap((step) => step.champs))
    const all = declared.length > 0 ? declared : [{ titre: '', champs: [] }]
    // A field that no page names goes to the last one, rather than nowhere.
    return all
      .map((step, index) => ({
        ...step,
        champs: [...step.champs, ...(index === all.length - 1 ? [...present].filter((field) => !named.has(field)) : [])],
      }))
      .filter((step) => step.champs.some((field) => present.has(field)))
  }, [uiSchema, present])

  const current = Math.min(page, Math.max(0, steps.length - 1))
  const step = steps[current]
  const last = current >= steps.length - 1
  const fields = useMemo(() => new Set(step?.champs ?? []), [step])

  const shownUiSchema = useMemo<UiSchema>(() => {
    const order = steps.flatMap((each) => each.champs)
    const pages: UiSchema = { ...(uiSchema ?? {}), 'ui:order': [...order, '*'], 'ui:submitButtonOptions': { norender: true } }
    for (const field of order) {
      if (!fields.has(field)) pages[field] = { ...(pages[field] as object | undefined), 'ui:widget': 'hidden' }
    }
    return pages
  }, [uiSchema, steps, fields])

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
      const wrong = new Map(issuesOf(rjsfSchema, next).map((issue) => [issue.pointer, issue]))
      // A message stays while its field is still wrong; the server's own go once the field is touched.
      setIssues(issues.flatMap((issue) => (changed.has(topField(issue.pointer)) ? (wrong.get(issue.pointer) ?? []) : issue)))
    }
    if (changed.size > 0) onDraft?.(next, current)
  }

  const blur = (id: string): void => {
    const pointer = pointerOfId(id)
    const field = topField(pointer)
    if (value[field] === undefined || value[field] === '') return
    const found = issuesOf(rjsfSchema, value).find((issue) => issue.pointer === pointer)
    const without = issues.filter((issue) => issue.pointer !== pointer)
    if (found) setIssues([...without, found])
    else if (without.length !== issues.length && !issues.find((issue) => issue.pointer === pointer && issue.message)) setIssues(without)
  }

  const goTo = (index: number): void => {
    moved.current = true
    setPage(index)
    onDraft?.(value, index)
  }

  const wrongIn = (list: FieldIssue[], step: Step | undefined): FieldIssue[] =>
    list.filter((issue) => step?.champs.includes(topField(issue.pointer)))

  const submit = async (): Promise<void> => {
    setFailure(null)
    const all = issuesOf(rjsfSchema, value)
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
      // Answers to questions that no longer apply are not sent.
      await onSubmit(Object.fromEntries(Object.entries(value).filter(([field]) => present.has(field))))
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
      {step?.titre && (
        <div className={classes.head}>
          {steps.length > 1 && <p className={classes.count}>Étape {current + 1} sur {steps.length}</p>}
          <h2 ref={heading} tabIndex={-1}>{step.titre}</h2>
          {step.description && <p>{step.description}</p>}
        </div>
      )}
      {here.length > 1 && (
        <p className={classes.summary} role="alert">{count(here.length, 'point')} à corriger ci-dessous.</p>
      )}
      <Form
        tagName="div"
        schema={rjsfSchema}
        uiSchema={shownUiSchema}
        formData={value}
        validator={validator}
        noValidate
        noHtml5Validate
        showErrorList={false}
        extraErrors={extraErrors}
        idSeparator={ID_SEPARATOR}
        disabled={lectureSeule}
        translateString={translate}
        experimental_defaultFormStateBehavior={{ constAsDefaults: 'never', emptyObjectFields: 'skipDefaults' }}
        onChange={({ formData }) => change((formData ?? {}) as FormData)}
        onBlur={blur}
        onError={() => undefined}
      />
      {last && avantEnvoi}
      {failure && <p className={classes.failure} role="alert">{failure}</p>}
      {!lectureSeule && (
        <div className={classes.actions}>
          <Button type="submit" loading={busy} rightSection={last ? undefined : <IconArrowRight size={20} stroke={STROKE} />}>
            {last ? action : 'Continuer'}
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

/** Server pointers may start with an envelope (`/donnees/nom`): keep from the first segment that is a field. */
function fieldPointer(pointer: string, present: Set<string>): string {
  const parts = pointer.replace(/^#/, '').split('/').filter(Boolean)
  const start = parts.findIndex((part) => present.has(part))
  return `/${parts.slice(Math.max(0, start)).join('/')}`
}

export default DynamicForm
