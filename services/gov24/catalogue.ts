import { createRandom } from '../common/random.ts'

/** 발급 · 신청 · 신고 · 조회 */
export type ServiceKind = 'certificate' | 'application' | 'report' | 'look-up'

/** A system behind the portal. */
export type Backend = 'saeol' | 'resident' | 'simple-auth'

export interface PortalService {
  readonly id: string
  readonly name: string
  readonly kind: ServiceKind
}

/** How many services the portal offered when it came back on 18 November: 1,327 in all (T6, S1 S2). */
export const catalogueSizes: Readonly<Record<ServiceKind, number>> = {
  certificate: 887,
  application: 171,
  report: 188,
  'look-up': 81,
}

/** The systems a service of each kind cannot do without; whoever uses any of them has logged in. */
export const backendsOf: Readonly<Record<ServiceKind, readonly Backend[]>> = {
  certificate: ['simple-auth', 'saeol', 'resident'],
  application: ['simple-auth', 'saeol', 'resident'],
  report: ['simple-auth', 'saeol'],
  'look-up': ['simple-auth', 'resident'],
}

const verbs: Readonly<Record<ServiceKind, string>> = {
  certificate: '발급',
  application: '신청',
  report: '신고',
  'look-up': '조회',
}

/** The portal's catalogue, the same on every day: names put together from what the portal deals in. */
export function createCatalogue(): PortalService[] {
  const random = createRandom('gov24 catalogue')
  const names = subjects.flatMap((subject) => documents.map((document) => `${subject} ${document}`))
  const kinds = Object.keys(catalogueSizes) as ServiceKind[]
  const services: PortalService[] = []
  for (const kind of kinds) {
    for (const name of shuffled(names, random).slice(0, catalogueSizes[kind])) {
      const id = `service-${String(services.length + 1).padStart(4, '0')}`
      services.push({ id, name: `${name} ${verbs[kind]}`, kind })
    }
  }
  return services
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = copy[last]!
    copy[last] = copy[other]!
    copy[other] = kept
  }
  return copy
}

const subjects = [
  '주민등록',
  '가족관계',
  '건축물',
  '토지',
  '임야',
  '지방세',
  '국세',
  '자동차',
  '건설기계',
  '선박',
  '어업',
  '농업',
  '축산',
  '산림',
  '식품',
  '의약품',
  '의료기관',
  '장애인',
  '국가유공자',
  '기초생활',
  '한부모가족',
  '아동수당',
  '출산',
  '학적',
  '병적',
  '여권',
  '외국인',
  '사업자',
  '통신판매업',
  '공장',
  '옥외광고',
  '도로점용',
  '폐기물',
  '수질',
  '대기',
  '소방',
  '체육시설',
  '관광',
] as const
const documents = [
  '등본',
  '초본',
  '대장',
  '증명서',
  '확인서',
  '등록증',
  '허가증',
  '면허',
  '사실증명',
  '납세증명',
  '이력',
  '현황',
  '변경',
  '말소',
  '재교부',
  '열람',
  '지원금',
  '급여',
  '자격',
  '명의',
  '위치도',
  '검사',
  '폐업',
  '승계',
] as const
