import ArgumentParser
import Basics
import Bulletin
import Foundation
import Subscriptions

extension Subscriber.Medium: ExpressibleByArgument {}
extension Subscriber.Format: ExpressibleByArgument {}
extension SubscriberStatus: ExpressibleByArgument {}
extension Consent.Way: ExpressibleByArgument {}
extension Consent.Basis: ExpressibleByArgument {}

/// Details of a subscriber, as options.
struct SubscriberOptions: ParsableArguments {
    @Option(help: "Their name.") var name: String?
    @Option(help: "Their telephone number.") var phone: String?
    @Option(help: "Their postal address, with commas or line breaks between its lines.") var post: String?
    @Option(help: "How they get the bulletin: email, post or phone.") var medium: Subscriber.Medium?
    @Option(help: "both (HTML with the text beside it) or text.") var format: Subscriber.Format?

    func number() throws -> PhoneNumber? {
        guard let phone else { return nil }
        guard let number = PhoneNumber(phone) else {
            throw ValidationError(
                "\(Terminal.safe(phone)) is not a telephone number; write it as 07700 900123 or +44 7700 900123.")
        }
        return number
    }

    /// One line, free of characters that could command a terminal or a header.
    func cleanName() throws -> String? {
        guard let name else { return nil }
        guard name.isEmpty || Subscriber.isFit(name: name) else {
            throw ValidationError("--name takes one line of at most 200 characters, without control characters.")
        }
        let trimmed = name.trimmingCharacters(in: .whitespaces)
        return trimmed.isEmpty ? nil : trimmed
    }

    func cleanPost() throws -> String? {
        guard let post else { return nil }
        if UnfitCharacter.first(in: post, oneLine: false) != nil || post.count > 1000 {
            throw ValidationError("--post takes at most 1000 characters, without control characters.")
        }
        let lines = post.split { ",\n".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
        return lines.joined(separator: "\n")
    }

    /// Throws a `ValidationError` where one of them is malformed.
    func details() throws -> SubscriberDetails {
        var details = SubscriberDetails()
        if name != nil { details.name = try cleanName() ?? "" }
        (details.phone, details.post) = (try number(), try cleanPost())
        (details.medium, details.format) = (medium, format)
        return details
    }

    /// Runs `body`, and says which option is missing where the subscriber could not be reached.
    func reporting<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let fault as UnreachableSubscriber {
            switch fault.medium {
            case .email: throw ValidationError("There is no address to mail to; give one, or --medium post or phone.")
            case .post: throw ValidationError("There is no postal address; give it with --post.")
            case .phone: throw ValidationError("There is no telephone number; give it with --phone.")
            }
        }
    }
}

/// The evidence of consent (UK GDPR article 7(1)).
struct ConsentOptions: ParsableArguments {
    @Option(help: "How they agreed: web, mail, phone, paper or import.") var how = Consent.Way.import
    @Option(help: "The wording they agreed to.") var wording: String?
    @Option(help: ArgumentHelp("When they agreed; now by default.", valueName: "date")) var when: String?
    @Option(help: "The person who recorded it; you by default.") var by: String?
    @Option(help: "consent, or charity-soft-opt-in.") var basis = Consent.Basis.consent

    func consent(at now: Date, zone: TimeZone) throws -> Consent {
        Consent(basis: basis, how: how, when: try time(now, zone), wording: wording, by: by ?? CommandContext.person)
    }

    private func time(_ now: Date, _ zone: TimeZone) throws -> Date? {
        // Imported people agreed at another time, and nobody has said when.
        guard let when else { return how == .import ? nil : now }
        let time = try Self.time(when, zone)
        guard time <= now else {
            throw ValidationError("--when is \(Terminal.safe(when)), which is still to come: say when they agreed.")
        }
        return time
    }

    private static func time(_ when: String, _ zone: TimeZone) throws -> Date {
        if let instant = Date(rfc3339: when) { return instant }
        if let local = LocalDateTime(when) { return local.instant(in: zone) }
        guard let day = LocalDate(when), let midnight = LocalTime(hour: 0, minute: 0) else {
            throw ValidationError(
                "--when is a date such as 2026-11-02 or 2026-11-02 14:30; \(Terminal.safe(when)) is none.")
        }
        return LocalDateTime(day, midnight).instant(in: zone)
    }
}
