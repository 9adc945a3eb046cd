import Basics
import Bulletin
import Foundation

/// Dates and times in words, in the bulletin's language and a given zone: never the process's.
struct DateWords {
    private let locale: Locale
    /// The bulletin's own zone, which times leave unsaid.
    private let home: TimeZone

    init(language: String, home: TimeZone) {
        (locale, self.home) = (Locale(identifier: language), home)
    }

    /// `Wednesday 2 December 2026`
    func date(_ instant: Date, in zone: TimeZone) -> String {
        var style = Date.FormatStyle.dateTime.weekday(.wide).day().month(.wide).year()
        (style.locale, style.timeZone, style.calendar) = (locale, zone, Calendar(identifier: .gregorian))
        let text = plain(instant.formatted(style))
        // British English has no comma after the day of the week; the zone data's only form with a year has one.
        let parts = text.components(separatedBy: ", ")
        return locale.language.languageCode == .english && parts.count == 2 ? parts.joined(separator: " ") : text
    }

    func date(_ instant: Date) -> String { date(instant, in: home) }

    /// `13:30`, or the language's own form.
    func time(_ instant: Date, in zone: TimeZone) -> String {
        var style = Date.FormatStyle.dateTime.hour().minute()
        (style.locale, style.timeZone, style.calendar) = (locale, zone, Calendar(identifier: .gregorian))
        return plain(instant.formatted(style))
    }

    /// `CET`, if clocks in `zone` differ from the bulletin's at that instant; nil if they agree.
    func zone(_ zone: TimeZone, at instant: Date) -> String? {
        guard zone.secondsFromGMT(for: instant) != home.secondsFromGMT(for: instant) else { return nil }
        let style: TimeZone.NameStyle = zone.isDaylightSavingTime(for: instant) ? .shortDaylightSaving : .shortStandard
        return zone.localizedName(for: style, locale: locale).map(plain) ?? zone.identifier
    }

    /// Narrow no-break spaces, which some languages put before "pm", are missing from many fonts.
    private func plain(_ text: String) -> String {
        text.replacing("\u{202F}", with: "\u{A0}")
    }
}
