import { ActionIcon, Button } from '@mantine/core'
import { IconCalendar, IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useRef, type ReactNode } from 'react'
import { formatPlainDate } from './format.ts'
import { addDays } from './zoned-day.ts'
import './day-bar.css'

export interface DayBarProps {
  /** YYYY-MM-DD */
  date: string
  /** today's date in the location's zone (`todayIn`) */
  today: string
  onChange: (date: string) => void
  /** at the right: filters, a "Book" button */
  children?: ReactNode
}

/** The head of a day: which day, the day before and after, today, any day. */
export function DayBar({ date, today, onChange, children }: DayBarProps) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <header className="n-daybar">
      <h1 className="n-daybar__day">{formatPlainDate(date, 'en', 'day')}</h1>
      <div className="n-daybar__steps">
        <ActionIcon variant="default" size={36} aria-label="Day before" onClick={() => onChange(addDays(date, -1))}>
          <IconChevronLeft size={18} stroke={1.75} />
        </ActionIcon>
        <Button variant="default" size="sm" disabled={date === today} onClick={() => onChange(today)}>
          Today
        </Button>
        <ActionIcon variant="default" size={36} aria-label="Day after" onClick={() => onChange(addDays(date, 1))}>
          <IconChevronRight size={18} stroke={1.75} />
        </ActionIcon>
        <span className="n-daybar__picker">
          <ActionIcon
            variant="default"
            size={36}
            aria-label="Choose a day"
            onClick={() => picker.current?.showPicker()}
          >
            <IconCalendar size={18} stroke={1.75} />
          </ActionIcon>
          <input
            ref={picker}
            type="date"
            tabIndex={-1}
            aria-hidden="true"
            value={date}
            onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
          />
        </span>
      </div>
      {children && <div className="n-daybar__end">{children}</div>}
    </header>
  )
}
