import { createRandom } from '../common/random.ts'
import { residentId } from '../enrolment/residents.ts'

/** One entry of the resident register (주민등록). */
export interface Resident {
  readonly id: string
  readonly name: string
  /** YYYY-MM-DD */
  readonly birthDate: string
  readonly address: string
  readonly household: readonly { readonly relation: string; readonly name: string }[]
}

/** Invented residents under the ids that enrolment gives to people; the same seed gives the same ones. */
export function residents(seed: string, count: number): Resident[] {
  const random = createRandom(`${seed} residents`)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  const given = () => pick(syllables) + pick(syllables)
  return Array.from({ length: count }, (_, index) => {
    const family = pick(familyNames)
    const relations = pick(households)
    return {
      id: residentId(index + 1),
      name: family + given(),
      birthDate: `${between(1935, 2005)}-${twoDigits(between(1, 12))}-${twoDigits(between(1, 28))}`,
      address: `${pick(districts)} ${pick(streets)} ${between(1, 180)}`,
      household: relations.map((relation) => ({
        relation,
        name: (relation === '배우자' ? pick(familyNames) : family) + given(),
      })),
    }
  })
}

const familyNames = ['김', '이', '박', '최', '정', '강', '조', '윤', '장', '임', '한', '오', '서', '신', '권']
const syllables = [
  '민',
  '서',
  '지',
  '현',
  '수',
  '영',
  '준',
  '은',
  '하',
  '진',
  '우',
  '경',
  '선',
  '재',
  '연',
  '도',
]
const districts = [
  '서울특별시 종로구',
  '서울특별시 마포구',
  '부산광역시 해운대구',
  '대구광역시 수성구',
  '대전광역시 유성구',
  '광주광역시 북구',
  '세종특별자치시',
  '경기도 수원시 팔달구',
  '제주특별자치도 제주시',
]
const streets = ['세종대로', '중앙로', '대학로', '시청로', '평화길', '은행나무길', '한누리대로', '월드컵북로']
const households: readonly (readonly string[])[] = [
  [],
  ['배우자'],
  ['배우자', '자녀'],
  ['배우자', '자녀', '자녀'],
  ['모'],
]
