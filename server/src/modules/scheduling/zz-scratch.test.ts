import { it } from 'vitest'
import { Temporal } from 'temporal-polyfill'
import { spa } from '#test/harness.ts'
import { changeHours, changeService } from '#modules/practices'
import { bookAtDesk } from './service.ts'
import { createPatient } from '#modules/patients'
const ZONE='America/New_York'
const at=(days:number,hour:number,minute=0)=>Temporal.Now.zonedDateTimeISO(ZONE).add({days}).with({hour,minute,second:0,millisecond:0,microsecond:0,nanosecond:0}).toInstant().toString()
const dateOf=(days:number)=>Temporal.Now.plainDateISO(ZONE).add({days}).toString()
it('measures', async()=>{
  const s=await spa()
  const desk=await s.person(['front-desk'])
  const hours=[1,2,3,4,5,6,7].map(weekday=>({locationId:s.locationId,weekday,fromMinute:540,toMinute:1080}))
  const ps:string[]=[]
  for(let i=0;i<10;i++){const p=await s.person(['provider'],{isProvider:true,name:`P${i}`});ps.push(p.id);await s.perform(changeHours,s.setUp,{userId:p.id,hours})}
  const svc=await s.perform(changeService,s.setUp,{name:'X',minutes:30,priceCents:1,onlineBooking:true,active:true,providerIds:ps as never})
  const pats=[]
  for(let i=0;i<200;i++)pats.push((await s.patient({familyName:`Fam${i}`})).id)
  for(let d=1;d<15;d++)for(const p of ps)for(const h of [9,11,13,15])await s.perform(bookAtDesk,s.setUp,{patientId:pats[(d*7+h*3+ps.indexOf(p))%200] as never,locationId:s.locationId,providerId:p as never,serviceId:svc.id,startsAt:at(d,h)})
  await s.owner.query('analyze')
  const run=async(name:string,n:number,f:(i:number)=>Promise<unknown>)=>{
    for(let i=0;i<50;i++)await f(i)
    const c0=process.cpuUsage();const t0=performance.now();let i=0
    await Promise.all(Array.from({length:8},async()=>{while(i<n){const k=i++;await f(k)}}))
    const t=performance.now()-t0;const c=process.cpuUsage(c0)
    const one=[];for(let k=0;k<40;k++){const a=performance.now();await f(k);one.push(performance.now()-a)}
    one.sort((a,b)=>a-b)
    console.log(name,Math.round(n/t*1000)+'/s node cpu ms',((c.user+c.system)/1000/n).toFixed(2),'single p50',one[20]!.toFixed(2))
  }
  const get=(u:string)=>s.as(desk).get(u)
  await run('card',1000,i=>get(`/api/patients/${pats[i%200]}/card`))
  await run('day40',600,()=>get(`/api/calendar/day?locationId=${s.locationId}&date=${dateOf(3)}`))
  let a=0
  await run('slots',200,()=>s.server.inject({method:'GET',url:`/api/public/slots?serviceId=${svc.id}&locationId=${s.locationId}&from=${dateOf(1)}`,remoteAddress:`10.0.${(++a>>8)&255}.${a&255}`}))
  await run('find',600,i=>s.as(desk).post('/api/desk/find',{q:'fa'+(i%10>5?'m':'') ,locationId:s.locationId}))
  let b=0; const days=150
  await run('book',600,()=>{const k=++b;return s.server.inject({method:'POST',url:'/api/public/bookings',remoteAddress:`10.1.${(k>>8)&255}.${k&255}`,payload:{serviceId:svc.id,locationId:s.locationId,providerId:ps[k%10],startsAt:at(16+Math.floor(k/10/18),9+Math.floor((Math.floor(k/10)%18)/2),(Math.floor(k/10)%2)*30),givenName:'Q',familyName:`Z${k}`,birthDate:'1990-01-01',email:`q${k}@example.test`,phone:'2125551234'}}).then(r=>{if(r.statusCode!==200)throw new Error(r.body)})})
  await s.close()
},120000)
