import Basics
import Foundation
import ICalendar

extension CalendarEvent {
    /// An item's fields as the event gives them, if it begins at `starts`.
    func fields(starts: LocalDateTime) -> [String: [String]] {
        func link(_ name: String) -> String? {
            text(name).map { $0.trimmingCharacters(in: .whitespaces) }
                .flatMap { $0.lowercased().hasPrefix("http") ? CalendarText.line($0) : nil }
        }
        var fields: [String: [String]] = [:]
        func put(_ name: String, _ value: String?) { fields[name] = value.map { [$0] } ?? [] }
        put("title", title)
        // Readers are told a time that their clocks show; a whole day's midnight is no time.
        let begins = isAllDay ? starts : starts.onTheClock(in: zone)
        let ends = ends(after: starts).map { isAllDay ? $0 : $0.onTheClock(in: zone) }
        put("starts", begins.description)
        put("ends", ends.flatMap { $0 > begins ? $0 : nil }?.description)
        put("timezone", zone.identifier)
        let (place, address, link_) = Self.place(text("LOCATION").map { $0.replacing("\n", with: ", ") })
        put("place.name", place)
        put("place.address", address)
        put("online.url", link("CONFERENCE") ?? link("X-GOOGLE-CONFERENCE") ?? link_)
        put("organiser", organiser)
        put("takingPart.url", link("URL"))
        let topics = properties("CATEGORIES").flatMap { CalendarText.list($0.value) }.compactMap(CalendarText.line)
        fields["topics"] = topics.reduce(into: []) { kept, topic in if !kept.contains(topic) { kept.append(topic) } }
        let summary = CalendarDescription.markdown(text("DESCRIPTION") ?? "")
        put("summary", summary.isEmpty ? nil : summary)
        return fields
    }

    /// Name, address, and a link where the place is on the web. A place that begins with a number is an address.
    private static func place(_ location: String?) -> (String?, String?, String?) {
        guard let text = location.flatMap(CalendarText.line) else { return (nil, nil, nil) }
        if text.lowercased().hasPrefix("http"), !text.contains(" ") { return (nil, nil, text) }
        if text.first?.isNumber == true { return (nil, text, nil) }
        guard let comma = text.firstIndex(of: ",") else { return (text, nil, nil) }
        let address = CalendarText.line(String(text[text.index(after: comma)...]))
        return (CalendarText.line(String(text[..<comma])), address, nil)
    }

    /// The name alone: the organiser's address in a calendar was not given for a bulletin.
    private var organiser: String? {
        guard let name = property("ORGANIZER")?.parameters["CN"].flatMap(CalendarText.line),
            !name.contains("@")
        else { return nil }
        return name
    }
}
