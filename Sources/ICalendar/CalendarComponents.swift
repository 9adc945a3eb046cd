/// A component of iCalendar (RFC 5545 section 3.6) with the properties that are of use here.
package struct CalendarComponent {
    package let name: String
    package let line: Int
    var properties: [ContentLine] = []
    package var parts: [CalendarComponent] = []

    package func all(_ name: String) -> [ContentLine] { properties.filter { $0.name == name } }
    package func first(_ name: String) -> ContentLine? { properties.first { $0.name == name } }
}

/// Reads the components of a calendar within bounds, and stops at the first that breaks one.
package enum CalendarComponents {
    private static let kept: [String: Set<String>] = [
        "VCALENDAR": ["METHOD", "X-WR-TIMEZONE"],
        "VEVENT": [
            "UID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "ORGANIZER",
            "CATEGORIES", "STATUS", "SEQUENCE", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "CLASS",
            "CONFERENCE", "X-GOOGLE-CONFERENCE",
        ],
        "VTIMEZONE": ["TZID", "X-LIC-LOCATION"],
        "STANDARD": ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"],
        "DAYLIGHT": ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"],
    ]

    /// The calendars of a file, one after the other.
    package static func read(_ bytes: [UInt8]) throws(CalendarFault) -> [CalendarComponent] {
        var lines = ContentLines(bytes)
        var open: [CalendarComponent] = []
        var calendars: [CalendarComponent] = []
        var events = 0
        var zones = 0
        while let line = try lines.next() {
            switch line.name {
            case "BEGIN":
                let name = line.value.uppercased().filter { !$0.isWhitespace }
                guard open.count < CalendarLimits.deepest else {
                    throw CalendarFault(line: line.line, "is nested deeper than a calendar is; export it again")
                }
                guard !open.isEmpty || name == "VCALENDAR" else {
                    throw CalendarFault(line: line.line, "is outside BEGIN:VCALENDAR; export the calendar again")
                }
                if name == "VEVENT" { events += 1 }
                if name == "VTIMEZONE" { zones += 1 }
                guard events <= CalendarLimits.mostEvents, zones <= CalendarLimits.mostZones else {
                    throw CalendarFault(
                        "the calendar has more than "
                            + (events > CalendarLimits.mostEvents
                                ? "\(CalendarLimits.mostEvents) events" : "\(CalendarLimits.mostZones) time zones")
                            + "; export one calendar alone, or only the coming months")
                }
                open.append(CalendarComponent(name: name, line: line.line))
            case "END":
                guard let closed = open.popLast(),
                    closed.name == line.value.uppercased().filter({ !$0.isWhitespace })
                else {
                    throw CalendarFault(
                        line: line.line, "has no matching BEGIN; the calendar is damaged: export it again")
                }
                if open.isEmpty {
                    calendars.append(closed)
                } else if kept[closed.name] != nil {
                    open[open.count - 1].parts.append(closed)
                }
            default:
                guard let top = open.indices.last else {
                    throw CalendarFault(line: line.line, "is outside BEGIN:VCALENDAR; export the calendar again")
                }
                try keep(line, in: &open[top])
            }
        }
        if let cut = open.first {
            throw CalendarFault(
                "the calendar begins in line \(cut.line) and has no END:\(cut.name); it was cut off: export it again")
        }
        return calendars
    }

    private static func keep(_ line: ContentLine, in component: inout CalendarComponent) throws(CalendarFault) {
        guard kept[component.name]?.contains(line.name) == true else { return }
        guard !line.isCut else {
            throw CalendarFault(
                line: line.line,
                "\(line.name) has more than \(CalendarLimits.longestProperty / 1024) KB; shorten it in the calendar")
        }
        guard component.properties.count < CalendarLimits.mostProperties else {
            throw CalendarFault(
                line: component.line,
                "\(component.name) has more than \(CalendarLimits.mostProperties) properties; split it in two")
        }
        component.properties.append(line)
    }
}
