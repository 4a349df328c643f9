/// Names and orders of dates in the languages that are built in. Facts of the Unicode Common
/// Locale Data Repository (gregorian calendar: months and days in the form that stands within a
/// date, short and long date, short time); two-digit years are written in full.
enum LanguageTable {
  static let all: [String: Language] = {
    let lines = text.split(separator: "\n")
    let languages = stride(from: 0, to: lines.count - 3, by: 4).map { first in
      let head = lines[first].split(separator: "|").map(String.init)
      return Language(
        code: head[0], months: words(lines[first + 1]) + words(lines[first + 2]),
        weekdays: words(lines[first + 3]), date: head[1], longDate: head[2], time: head[3])
    }
    return Dictionary(languages.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
  }()

  private static func words(_ line: Substring) -> [String] {
    line.split(separator: " ").map { word in String(word.map { $0 == "_" ? " " : $0 }) }
  }

  /// Code and patterns of date, long date and time; months in two lines; days of the week, where
  /// an underscore is a blank.
  private static let text = """
    en|dd/MM/yyyy|d MMMM yyyy|HH:mm
    January February March April May June
    July August September October November December
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday

    en-US|M/d/yyyy|MMMM d, yyyy|h:mm a
    January February March April May June
    July August September October November December
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday

    de|dd.MM.yyyy|d. MMMM yyyy|HH:mm
    Januar Februar März April Mai Juni
    Juli August September Oktober November Dezember
    Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag

    fr|dd/MM/yyyy|d MMMM yyyy|HH:mm
    janvier février mars avril mai juin
    juillet août septembre octobre novembre décembre
    lundi mardi mercredi jeudi vendredi samedi dimanche

    es|d/M/yyyy|d 'de' MMMM 'de' yyyy|H:mm
    enero febrero marzo abril mayo junio
    julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo

    it|dd/MM/yyyy|d MMMM yyyy|HH:mm
    gennaio febbraio marzo aprile maggio giugno
    luglio agosto settembre ottobre novembre dicembre
    lunedì martedì mercoledì giovedì venerdì sabato domenica

    pt|dd/MM/yyyy|d 'de' MMMM 'de' yyyy|HH:mm
    janeiro fevereiro março abril maio junho
    julho agosto setembro outubro novembro dezembro
    segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo

    nl|dd-MM-yyyy|d MMMM yyyy|HH:mm
    januari februari maart april mei juni
    juli augustus september oktober november december
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag

    da|dd.MM.yyyy|d. MMMM yyyy|HH.mm
    januar februar marts april maj juni
    juli august september oktober november december
    mandag tirsdag onsdag torsdag fredag lørdag søndag

    nb|dd.MM.yyyy|d. MMMM yyyy|HH:mm
    januar februar mars april mai juni
    juli august september oktober november desember
    mandag tirsdag onsdag torsdag fredag lørdag søndag

    sv|yyyy-MM-dd|d MMMM yyyy|HH:mm
    januari februari mars april maj juni
    juli augusti september oktober november december
    måndag tisdag onsdag torsdag fredag lördag söndag

    fi|d.M.yyyy|d. MMMM yyyy|H.mm
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta
    heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
    maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai

    pl|d.MM.yyyy|d MMMM yyyy|HH:mm
    stycznia lutego marca kwietnia maja czerwca
    lipca sierpnia września października listopada grudnia
    poniedziałek wtorek środa czwartek piątek sobota niedziela

    cs|dd.MM.yyyy|d. MMMM yyyy|H:mm
    ledna února března dubna května června
    července srpna září října listopadu prosince
    pondělí úterý středa čtvrtek pátek sobota neděle

    sk|d. M. yyyy|d. MMMM yyyy|H:mm
    januára februára marca apríla mája júna
    júla augusta septembra októbra novembra decembra
    pondelok utorok streda štvrtok piatok sobota nedeľa

    hu|yyyy. MM. dd.|yyyy. MMMM d.|H:mm
    január február március április május június
    július augusztus szeptember október november december
    hétfő kedd szerda csütörtök péntek szombat vasárnap

    ro|dd.MM.yyyy|d MMMM yyyy|HH:mm
    ianuarie februarie martie aprilie mai iunie
    iulie august septembrie octombrie noiembrie decembrie
    luni marți miercuri joi vineri sâmbătă duminică

    tr|d.MM.yyyy|d MMMM yyyy|HH:mm
    Ocak Şubat Mart Nisan Mayıs Haziran
    Temmuz Ağustos Eylül Ekim Kasım Aralık
    Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar

    el|d/M/yyyy|d MMMM yyyy|HH:mm
    Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου
    Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου
    Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο Κυριακή

    ru|dd.MM.yyyy|d MMMM yyyy 'г'.|HH:mm
    января февраля марта апреля мая июня
    июля августа сентября октября ноября декабря
    понедельник вторник среда четверг пятница суббота воскресенье

    uk|dd.MM.yyyy|d MMMM yyyy 'р'.|HH:mm
    січня лютого березня квітня травня червня
    липня серпня вересня жовтня листопада грудня
    понеділок вівторок середа четвер пʼятниця субота неділя

    he|d.M.yyyy|d בMMMM yyyy|H:mm
    ינואר פברואר מרץ אפריל מאי יוני
    יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
    יום_שני יום_שלישי יום_רביעי יום_חמישי יום_שישי יום_שבת יום_ראשון
    """
}
