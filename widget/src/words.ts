// The widget's few words, in five languages; dates, months and prices come from the browser.
export interface Words {
  arrival: string; choose: string; stay: string; weeks: string; nights: string; adults: string; children: string;
  age: string; search: string; before: string; after: string; taken: string; closed: string; noArrival: string;
  needDate: string; havePromo: string; promo: string;
}

const words = (text: string): Words => {
  const [arrival, choose, stay, weeks, nights, adults, children, age, search, before, after, taken, closed, noArrival, needDate, havePromo, promo] = text.split("|");
  return { arrival, choose, stay, weeks, nights, adults, children, age, search, before, after, taken, closed, noArrival, needDate, havePromo, promo };
};

export const LANGUAGES: Record<string, Words> = {
  fr: words("Date d’arrivée|Choisir une date|Durée|semaine(s)|nuit(s)|Adultes|Enfants|Âge de l’enfant|Rechercher|Mois précédent|Mois suivant|pris|fermé|pas d’arrivée ce jour|Choisissez d’abord une date d’arrivée.|J’ai un code promotionnel|Code promotionnel"),
  en: words("Arrival date|Choose a date|Length of stay|week(s)|night(s)|Adults|Children|Age of child|Search|Previous month|Next month|taken|closed|no arrival on this day|Please choose an arrival date first.|I have a promotional code|Promotional code"),
  de: words("Anreise|Datum wählen|Dauer|Woche(n)|Nacht/Nächte|Erwachsene|Kinder|Alter des Kindes|Suchen|Voriger Monat|Nächster Monat|belegt|geschlossen|an diesem Tag keine Anreise|Bitte wählen Sie zuerst ein Anreisedatum.|Ich habe einen Aktionscode|Aktionscode"),
  nl: words("Aankomstdatum|Kies een datum|Duur|week/weken|nacht(en)|Volwassenen|Kinderen|Leeftijd van kind|Zoeken|Vorige maand|Volgende maand|bezet|gesloten|geen aankomst op deze dag|Kies eerst een aankomstdatum.|Ik heb een actiecode|Actiecode"),
  es: words("Fecha de llegada|Elegir una fecha|Duración|semana(s)|noche(s)|Adultos|Niños|Edad del niño|Buscar|Mes anterior|Mes siguiente|ocupado|cerrado|sin llegada este día|Elija primero una fecha de llegada.|Tengo un código promocional|Código promocional"),
};
