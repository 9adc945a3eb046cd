package import Basics
import Bulletin
package import Foundation
package import ICalendar

/// Reads iCalendar (RFC 5545) as other programs export it: each event, and each date of one that comes again, becomes
/// an item. Nothing that the file names is fetched.
package struct CalendarReader {
    /// The most bytes of a file.
    package static let mostBytes = 10_000_000
    /// The most dates of one series that are looked at, those gone by included: 270 years of days.
    static let mostDates = 100_000
    /// The most days that are looked at for all series together: a second's work, and eight hundred weekly series of
    /// twenty years.
    static let mostEffort = 10_000_000

    private let now: Date
    private let until: LocalDate?
    private let bulletin: TimeZone
    private var file = ImportedFile()
    private var effort = 0

    private init(now: Date, until: LocalDate?, bulletin: TimeZone) {
        (self.now, self.until, self.bulletin) = (now, until, bulletin)
    }

    /// Whether `bytes` begin as iCalendar does.
    package static func recognises(_ bytes: [UInt8]) -> Bool {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let text = bytes.dropFirst(start).drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.prefix(15)
        return String(decoding: text, as: UTF8.self).uppercased() == "BEGIN:VCALENDAR"
    }

    /// The events that begin after `now` and, where it is given, up to the end of `until`. A time that names no zone
    /// stands in the calendar's own, else in `bulletin`.
    package static func read(
        _ bytes: [UInt8], now: Date, until: LocalDate?, bulletin: TimeZone
    ) throws(CalendarFault) -> ImportedFile {
        guard bytes.count <= mostBytes else {
            throw CalendarFault(
                "the file has more than \(mostBytes / 1_000_000) MB; export one calendar alone, or only the coming months"
            )
        }
        guard recognises(bytes) else {
            throw CalendarFault("the file is not iCalendar, which begins with BEGIN:VCALENDAR; is it the right one?")
        }
        var reader = CalendarReader(now: now, until: until, bulletin: bulletin)
        for calendar in try CalendarComponents.read(bytes) { try reader.take(calendar) }
        return reader.file
    }

    // MARK: Events

    private mutating func take(_ calendar: CalendarComponent) throws(CalendarFault) {
        var zones = CalendarZones(calendar: calendar, bulletin: bulletin)
        let isCancelled = calendar.first("METHOD")?.value.uppercased() == "CANCEL"
        var series: [String: CalendarEvent] = [:]
        var exceptions: [String: [CalendarEvent]] = [:]
        var order: [String] = []
        for part in calendar.parts where part.name == "VEVENT" {
            guard let event = try CalendarEvent(part, zones: &zones, isCancelled: isCancelled) else { continue }
            if series[event.uid] == nil, exceptions[event.uid] == nil { order.append(event.uid) }
            if event.recurrenceID != nil {
                exceptions[event.uid, default: []].append(event)
            } else if event.sequence >= series[event.uid]?.sequence ?? 0 {
                series[event.uid] = event
            }
        }
        for uid in order { try take(series[uid], exceptions: exceptions[uid] ?? []) }
    }

    /// One event with the dates of it that are not as the rest.
    private mutating func take(_ event: CalendarEvent?, exceptions: [CalendarEvent]) throws(CalendarFault) {
        var apart: [LocalDateTime: CalendarEvent] = [:]
        for exception in exceptions {
            guard let date = exception.recurrenceID else { continue }
            if exception.sequence >= apart[date]?.sequence ?? 0 { apart[date] = exception }
        }
        if let event, !event.isSeries {
            try add(event, starts: event.starts, key: event.uid)
        } else if let event {
            for date in try dates(of: event) where apart[date] == nil {
                try add(event, starts: date, key: event.key(date), isCancelled: event.isLeftOut(date))
            }
        }
        for (date, exception) in apart.sorted(by: { $0.key < $1.key }) {
            try add(exception, starts: exception.starts, key: exception.key(date))
        }
    }

    /// The dates of a series that have not begun, those left out of it included.
    private mutating func dates(of event: CalendarEvent) throws(CalendarFault) -> [LocalDateTime] {
        guard !event.isPrivate else {
            file.passedOver[.secret, default: 0] += 1
            return []
        }
        guard !event.isEndless || until != nil else {
            throw CalendarFault(
                line: event.line,
                "“\(event.shownTitle)” repeats without end (\(event.rule ?? "")); add it as a network, with "
                    + "fortnight networks add … --rule \"\(event.rule ?? "")\", or import its dates up to a day with "
                    + "--until 2027-12-31")
        }
        var coming: Set<LocalDateTime> = []
        var looked = 0
        let stepCost = event.stepCost
        for step in event.steps {
            // No real rule goes long without a date, so such a rule is not followed for as long.
            effort += step == nil ? 4 * stepCost : stepCost
            guard effort <= Self.mostEffort else {
                throw CalendarFault(
                    line: event.line,
                    "“\(event.shownTitle)” and the events before it take too long to work out; export one calendar alone, "
                        + "or only the coming months")
            }
            guard let date = step else { continue }
            looked += 1
            if let until, date.date > until { break }
            if date.instant(in: event.zone) <= now {
                file.passedOver[.begun, default: 0] += 1
            } else {
                coming.insert(date)
            }
            guard coming.count <= ImportedFile.mostItems, looked <= Self.mostDates else {
                throw CalendarFault(
                    line: event.line,
                    "“\(event.shownTitle)” has more than \(ImportedFile.mostItems) dates to come; import those up to a day "
                        + "with --until 2027-12-31")
            }
        }
        for date in event.others where date.instant(in: event.zone) > now { coming.insert(date) }
        return coming.sorted()
    }

    private mutating func add(
        _ event: CalendarEvent, starts: LocalDateTime, key: String, isCancelled: Bool = false
    ) throws(CalendarFault) {
        if event.isPrivate {
            file.passedOver[.secret, default: 0] += 1
        } else if starts.instant(in: event.zone) <= now {
            file.passedOver[.begun, default: 0] += 1
        } else if let until, starts.date > until {
            file.passedOver[.later, default: 0] += 1
        } else {
            guard file.items.count < ImportedFile.mostItems else {
                throw CalendarFault(
                    "the calendar has more than \(ImportedFile.mostItems) events to come; import those up to a day with "
                        + "--until 2027-12-31")
            }
            var item = ImportedItem(key: key, line: event.line)
            (item.sequence, item.isCancelled) = (event.sequence, event.isCancelled || isCancelled)
            item.fields = event.fields(starts: starts)
            file.items.append(item)
        }
    }
}
