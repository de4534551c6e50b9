/** How the objections of pricing rules are said, in each language. */
import { catalogueOf } from "../i18n/catalogue";

export interface ObjectionMessages {
  risesFrom: (price: string, limit: string) => string;
  changesBy: (percent: string, limit: string) => string;
  costsLess: (price: string, limit: string) => string;
  costsMore: (price: string, limit: string) => string;
  changedAgo: (time: string, limit: string) => string;
}

const said = (messages: ObjectionMessages) => () => Promise.resolve({ messages });

export const useObjectionMessages = catalogueOf<ObjectionMessages>({
  en: said({
    risesFrom: (price, limit) => `The price rises from ${price}, which is more than ${limit}.`,
    changesBy: (percent, limit) => `The price changes by ${percent}, more than ${limit}.`,
    costsLess: (price, limit) => `A square metre costs ${price}, less than ${limit}.`,
    costsMore: (price, limit) => `A square metre costs ${price}, more than ${limit}.`,
    changedAgo: (time, limit) => `The price was changed ${time} ago; ${limit} should lie between two changes.`,
  }),
  fr: said({
    risesFrom: (price, limit) => `Le prix augmente à partir de ${price}, ce qui dépasse ${limit}.`,
    changesBy: (percent, limit) => `Le prix change de ${percent}, plus que ${limit}.`,
    costsLess: (price, limit) => `Le mètre carré coûte ${price}, moins que ${limit}.`,
    costsMore: (price, limit) => `Le mètre carré coûte ${price}, plus que ${limit}.`,
    changedAgo: (time, limit) => `Le prix a changé il y a ${time} ; il faut ${limit} entre deux changements.`,
  }),
  de: said({
    risesFrom: (price, limit) => `Der Preis steigt von ${price} aus und damit um mehr als ${limit}.`,
    changesBy: (percent, limit) => `Der Preis ändert sich um ${percent}, also um mehr als ${limit}.`,
    costsLess: (price, limit) => `Ein Quadratmeter kostet ${price}, weniger als ${limit}.`,
    costsMore: (price, limit) => `Ein Quadratmeter kostet ${price}, mehr als ${limit}.`,
    changedAgo: (time, limit) =>
      `Seit der letzten Preisänderung: ${time}. Zwischen zwei Änderungen soll mindestens so viel Zeit liegen: ${limit}.`,
  }),
  nl: said({
    risesFrom: (price, limit) => `De prijs stijgt vanaf ${price}, dus met meer dan ${limit}.`,
    changesBy: (percent, limit) => `De prijs verandert met ${percent}, meer dan ${limit}.`,
    costsLess: (price, limit) => `Een vierkante meter kost ${price}, minder dan ${limit}.`,
    costsMore: (price, limit) => `Een vierkante meter kost ${price}, meer dan ${limit}.`,
    changedAgo: (time, limit) =>
      `De prijs is ${time} geleden gewijzigd; tussen twee wijzigingen hoort ${limit} te liggen.`,
  }),
});
