import { route } from '#kernel/route.ts'
import { changeLines, listSales, openCheckout, payCheckout, takingsOfDay, viewReceipt, voidCheckout } from './service.ts'

export const routes = [
  route('POST /api/checkouts', openCheckout),
  route('PUT /api/checkouts/:saleId/lines', changeLines),
  route('POST /api/checkouts/:saleId/pay', payCheckout),
  route('POST /api/checkouts/:saleId/void', voidCheckout),
  route('GET /api/patients/:patientId/sales', listSales),
  route('GET /api/patients/:patientId/receipts/:saleId', viewReceipt),
  route('GET /api/takings', takingsOfDay),
]
