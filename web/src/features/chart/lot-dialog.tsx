import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { productsKey, type Product } from './chart-queries.ts'
import type { LastUsed } from './injections.ts'

interface LotDialogProps {
  opened: boolean
  onClose: () => void
  products: readonly Product[]
  product: string | undefined
  onAdded: (added: LastUsed) => void
}

/** Puts a lot on the shelf, once for the whole practice: from then on it is one tap. */
export function LotDialog({ opened, onClose, products, product, onAdded }: LotDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="A lot from the box">
      {opened && <LotForm products={products} product={product} onAdded={onAdded} />}
    </Modal>
  )
}

function LotForm({ products, product, onAdded }: Pick<LotDialogProps, 'products' | 'product' | 'onAdded'>) {
  const queries = useQueryClient()
  const [name, setName] = useState(product ?? products[0]?.name ?? '')
  const [lot, setLot] = useState('')
  const [expiresOn, setExpiresOn] = useState('')
  const add = useMutation({
    mutationFn: () => data(api.POST('/api/lots', { body: { product: name, lot, expiresOn } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: productsKey })
      onAdded({ product: name, lot: lot.trim() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form className="n-lot" onSubmit={submit}>
      <NativeSelect
        label="Product"
        data={products.map((p) => p.name)}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Lot number"
        required
        maxLength={60}
        autoComplete="off"
        value={lot}
        onChange={(event) => setLot(event.currentTarget.value)}
      />
      <TextInput
        label="Expires on"
        type="date"
        required
        value={expiresOn}
        onChange={(event) => setExpiresOn(event.currentTarget.value)}
      />
      {add.error && <ErrorNotice error={add.error} />}
      <Button type="submit" loading={add.isPending}>
        Put on the shelf
      </Button>
    </form>
  )
}
