import { Combobox, Loader, TextInput, useCombobox } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { searchPatients } from '../../patient-search.ts'
import { useLocation } from '../../place.ts'
import { formatDateTime, formatPlainDate } from '../../ui/format.ts'
import type { PalettePatient } from '../../ui/command-palette.tsx'
import { PatientName, usePatientName } from '../../ui/privacy.tsx'

export interface PatientPickerProps {
  /** undefined: nobody yet */
  value: PalettePatient | undefined
  onChange: (patient: PalettePatient | undefined) => void
  /** "New patient" was picked, with what had been typed */
  onNew: (typed: string) => void
  error?: string | undefined
}

const fewestCharacters = 2
const pauseMs = 80
const newPatient = 'new'

/** Finds a patient by name, birth date, phone or e-mail, in a form. */
export function PatientPicker({ value, onChange, onNew, error }: PatientPickerProps) {
  const { id: locationId, timeZone } = useLocation()
  const nameOf = usePatientName()
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [typed, setTyped] = useState('')
  const [wanted] = useDebouncedValue(typed.trim(), pauseMs)
  const asks = wanted.length >= fewestCharacters && value === undefined
  const found = useQuery({
    queryKey: ['find-patient', locationId, wanted],
    queryFn: ({ signal }) => searchPatients(locationId, wanted, signal),
    enabled: asks,
    // What was typed and found is forgotten with the form.
    gcTime: 0,
  })
  const patients = asks ? (found.data ?? []) : []
  // Enter takes the first that was found.
  const selectFirst = combobox.selectFirstOption
  useEffect(() => {
    if (asks && found.data) selectFirst()
  }, [asks, found.data, selectFirst])
  const pick = (id: string) => {
    combobox.closeDropdown()
    if (id === newPatient) return onNew(typed)
    onChange(patients.find((patient) => patient.id === id))
    setTyped('')
  }
  return (
    <Combobox store={combobox} onOptionSubmit={pick} position="bottom-start" width="target">
      <Combobox.Target>
        <TextInput
          label="Patient"
          placeholder="Name, birth date or phone"
          autoComplete="off"
          data-autofocus
          error={error}
          rightSection={asks && found.isFetching ? <Loader size={16} /> : null}
          value={value ? nameOf(value.name) : typed}
          onChange={(event) => {
            if (value) onChange(undefined)
            setTyped(event.currentTarget.value)
            combobox.openDropdown()
          }}
          onFocus={(event) => {
            if (value) event.currentTarget.select()
            else if (asks) combobox.openDropdown()
          }}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!asks || found.data === undefined}>
        <Combobox.Options aria-label="Patients">
          {patients.map((patient) => (
            <Combobox.Option key={patient.id} value={patient.id}>
              <span className="n-found">
                <strong>
                  <PatientName name={patient.name} />
                </strong>
                <span>
                  born {formatPlainDate(patient.birthDate)}
                  {patient.nextVisitAt && `, next ${formatDateTime(patient.nextVisitAt, { timeZone })}`}
                </span>
              </span>
            </Combobox.Option>
          ))}
          <Combobox.Option value={newPatient}>
            <span className="n-found n-found--new">
              <IconUserPlus size={18} stroke={1.75} aria-hidden /> New patient
            </span>
          </Combobox.Option>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
