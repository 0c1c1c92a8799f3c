import { expect, it } from 'vitest'
import { deviceName, networkOf } from './origin-words.ts'

it('names a device as people would, and anything else without failing', () => {
  const iPad = 'Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1'
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0'
  const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15'
  expect([iPad, windows, mac].map(deviceName)).toEqual(['Safari on iPad', 'Microsoft Edge on Windows', 'Safari on macOS'])
  expect(deviceName('')).toBe('Unknown device')
  expect(deviceName('x'.repeat(400)).length).toBeLessThanOrEqual(120)
})

it('counts an IPv6 house as one network and this machine as none', () => {
  expect(networkOf('203.0.113.7')).toBe('203.0.113.7')
  expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7')
  expect(networkOf('2001:db8:0:1::5')).toBe('2001:db8:0:1')
  expect(networkOf('2001:db8:0:1:ffff:ffff:ffff:ffff')).toBe(networkOf('2001:db8:0:1::5'))
  expect(networkOf('2001:db8:0:2::5')).not.toBe(networkOf('2001:db8:0:1::5'))
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map(networkOf)).toEqual([undefined, undefined, undefined])
})
