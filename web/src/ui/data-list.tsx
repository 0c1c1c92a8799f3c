import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconChevronLeft, IconChevronRight, IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { EmptyState, type EmptyStateProps } from './empty-state.tsx'
import { ErrorNotice } from './error-notice.tsx'
import type { ListState } from './list-state.ts'
import { SkeletonRows } from './skeletons.tsx'
import './data-list.css'

export interface ListColumn<Row> {
  id: string
  header: string
  cell: (row: Row) => ReactNode
  /** `end` for figures */
  align?: 'start' | 'end'
  /** the server can sort by this column's id */
  sortable?: 'yes'
  /** left out below this width */
  hideOn?: 'phone' | 'tablet'
  /** CSS width */
  width?: string
}

export interface ListFilter {
  id: string
  label: string
  /** the empty choice "All" is added */
  options: readonly { value: string; label: string }[]
}

export interface DataListProps<Row> {
  /** names the table */
  label: string
  columns: readonly ListColumn<Row>[]
  /** one page, as the server sent it; undefined while the first page loads */
  rows: readonly Row[] | undefined
  /** rows on all pages */
  total: number
  pageSize: number
  rowId: (row: Row) => string
  /** opens a row: click anywhere, Enter on its first cell */
  onOpen?: (row: Row) => void
  /** from useListState (in the URL) or useState */
  state: ListState
  onStateChange: (state: ListState) => void
  /** absent: no search field */
  searchLabel?: string
  filters?: readonly ListFilter[]
  /** when there is nothing at all, without search or filter */
  empty: EmptyStateProps
  error?: unknown
  onRetry?: () => void
  /** at the right of the search field */
  actions?: ReactNode
}

/** A list that the server searches, filters, sorts and pages. */
export function DataList<Row>(props: DataListProps<Row>) {
  const { rows, total, pageSize, state, onStateChange, error, onRetry, empty } = props
  const narrowed = state.search !== '' || Object.values(state.filters).some((value) => value !== '')
  return (
    <section className="n-list">
      <ListTools {...props} />
      {error !== undefined && error !== null && <ErrorNotice error={error} {...(onRetry && { onRetry })} />}
      {!error && rows === undefined && <SkeletonRows rows={8} label={`Loading ${props.label.toLowerCase()}`} />}
      {rows && rows.length > 0 && <Table {...props} rows={rows} />}
      {rows?.length === 0 && narrowed && (
        <EmptyState
          icon={IconSearch}
          title="Nothing fits"
          hint="No entry fits this search and these filters."
          action={{ label: 'Clear all', onClick: () => onStateChange({ ...state, search: '', filters: {}, page: 1 }) }}
        />
      )}
      {rows?.length === 0 && !narrowed && <EmptyState {...empty} />}
      <Pager state={state} onStateChange={onStateChange} total={total} pageSize={pageSize} />
    </section>
  )
}

const typingPauseMs = 250

/** Typing is shown at once and asked of the server after a pause. */
function useTypedSearch(state: ListState, onStateChange: (state: ListState) => void) {
  const [typed, setTyped] = useState(state.search)
  const latest = useRef({ state, onStateChange })
  latest.current = { state, onStateChange }
  const sent = useRef(state.search)
  useEffect(() => {
    if (state.search === sent.current) return
    sent.current = state.search
    setTyped(state.search)
  }, [state.search])
  useEffect(() => {
    if (typed === sent.current) return
    const timer = setTimeout(() => {
      sent.current = typed
      latest.current.onStateChange({ ...latest.current.state, search: typed, page: 1 })
    }, typingPauseMs)
    return () => clearTimeout(timer)
  }, [typed])
  return [typed, setTyped] as const
}

function ListTools<Row>({ searchLabel, filters = [], state, onStateChange, actions }: DataListProps<Row>) {
  const [typed, setTyped] = useTypedSearch(state, onStateChange)
  if (!searchLabel && filters.length === 0 && !actions) return null
  return (
    <div className="n-list__tools">
      {searchLabel && (
        <TextInput
          className="n-list__search"
          type="search"
          label={searchLabel}
          leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {filters.map(({ id, label, options }) => (
        <NativeSelect
          key={id}
          label={label}
          data={[{ value: '', label: 'All' }, ...options]}
          value={state.filters[id] ?? ''}
          onChange={(event) =>
            onStateChange({ ...state, filters: { ...state.filters, [id]: event.currentTarget.value }, page: 1 })
          }
        />
      ))}
      {actions && <div className="n-list__actions">{actions}</div>}
    </div>
  )
}

function Table<Row>(props: DataListProps<Row> & { rows: readonly Row[] }) {
  const { label, columns, rows, rowId, onOpen } = props
  return (
    <div className="n-list__scroll n-panel">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} {...props} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowId(row)} data-opens={onOpen !== undefined} onClick={() => onOpen?.(row)}>
              {columns.map((column, index) => (
                <td key={column.id} data-align={column.align} data-hide={column.hideOn}>
                  {index === 0 && onOpen ? (
                    <button
                      type="button"
                      className="n-plain n-list__open"
                      onClick={(event) => {
                        event.stopPropagation()
                        onOpen(row)
                      }}
                    >
                      {column.cell(row)}
                    </button>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Head<Row>({ column, state, onStateChange }: DataListProps<Row> & { column: ListColumn<Row> }) {
  const { id, header, align, hideOn, width, sortable } = column
  const direction = state.sort === id ? 'ascending' : state.sort === `-${id}` ? 'descending' : undefined
  const Arrow = direction === 'descending' ? IconArrowDown : IconArrowUp
  return (
    <th scope="col" data-align={align} data-hide={hideOn} style={{ width }} aria-sort={direction}>
      {sortable ? (
        <button
          type="button"
          className="n-plain n-list__sort"
          onClick={() => onStateChange({ ...state, sort: direction === 'ascending' ? `-${id}` : id, page: 1 })}
        >
          {header}
          {direction && <Arrow size={14} stroke={2} aria-hidden />}
        </button>
      ) : (
        header
      )}
    </th>
  )
}

interface PagerProps {
  state: ListState
  onStateChange: (state: ListState) => void
  total: number
  pageSize: number
}

function Pager({ state, onStateChange, total, pageSize }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / pageSize))
  if (total === 0) return null
  const first = (state.page - 1) * pageSize + 1
  const count = new Intl.NumberFormat('en-US')
  return (
    <nav className="n-list__pager" aria-label="Pages">
      <span className="n-figures" role="status">
        {count.format(first)}–{count.format(Math.min(total, first + pageSize - 1))} of {count.format(total)}
      </span>
      {pages > 1 && (
        <div>
          <Button
            variant="default"
            size="sm"
            disabled={state.page <= 1}
            leftSection={<IconChevronLeft size={16} stroke={1.75} />}
            onClick={() => onStateChange({ ...state, page: state.page - 1 })}
          >
            Previous
          </Button>
          <Button
            variant="default"
            size="sm"
            disabled={state.page >= pages}
            rightSection={<IconChevronRight size={16} stroke={1.75} />}
            onClick={() => onStateChange({ ...state, page: state.page + 1 })}
          >
            Next
          </Button>
        </div>
      )}
    </nav>
  )
}
