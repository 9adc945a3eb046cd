import Basics
import Bulletin
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Records
import Rendering
import Subscriptions
import Tokens

// A person's own page: how they get the bulletin, where, or no longer.
extension RequestHandler {
    /// From a message's link to leave: the link to the choices goes to that person's mailbox, for the message may have been
    /// passed on.
    func sendChoices(to id: SubscriberID) async throws -> PageResponse {
        try await subscribers.perform(AskForChoices(id, at: now()))
        return .page(pages.checkMail(given: "the address at which you get the bulletin"))
    }

    func choices(_ token: String, _ request: Request, from visitor: IPAddress?) async throws -> PageResponse {
        guard let opened = tokenKeys.open(token, as: .choices, at: now()) else { return lostLink(token, as: .choices) }
        guard let record = try await subscribers.record(opened.id), record.tokenVersion == opened.version,
            record.status == .active || record.status == .paused
        else { return .page(pages.oldLink(), status: .gone) }
        guard request.method == .post, isOurOwnForm(request) else {
            return .page(pages.choices(of: record, token: token))
        }
        let fields = FormFields(try await body(of: request))
        switch fields["action"] {
        case "save": return try await save(fields, of: record, token)
        case "move": return try await move(record, to: fields["email"], token, from: visitor)
        case "download": return .record(record)
        case "leave":
            try await subscribers.perform(Leave(record.id, by: .page, at: now()))
            return .page(pages.left())
        case "forget":
            try await subscribers.perform(Forget(record.id, at: now()))
            logger.info("forgotten", metadata: ["subscriber": "\(record.id)"])
            return .page(pages.forgotten())
        default: return .page(pages.choices(of: record, token: token), status: .unprocessableContent)
        }
    }

    private func save(_ fields: FormFields, of record: Subscriber, _ token: String) async throws -> PageResponse {
        func again(_ error: String) -> PageResponse {
            .page(pages.choices(of: record, token: token, error: error), status: .unprocessableContent)
        }
        guard let format = Subscriber.Format(rawValue: fields["format"]) else {
            return again("Please choose how it should look.")
        }
        let name = fields["name"]
        guard name.isEmpty || Subscriber.isFit(name: name) else {
            return again("Please give a name of at most 200 letters, or none.")
        }
        let now = now()
        let today = LocalDateTime(now, in: zone).date
        var until: LocalDate?
        if !fields["until"].isEmpty {
            until = LocalDate(fields["until"])
            guard let day = until, day > today, day <= today.adding(days: 366) else {
                return again("Please write the day as 2027-01-31: after today, and within a year.")
            }
        }
        let choice = Subscriber.Choice(name: name.isEmpty ? nil : name, format: format, pausedUntil: until)
        let saved = try await subscribers.perform(Choose(record.id, choice, at: now, today: today))
        return .page(pages.choices(of: saved ?? record, token: token, isSaved: true))
    }

    private func move(
        _ record: Subscriber, to text: String, _ token: String, from visitor: IPAddress?
    ) async throws -> PageResponse {
        let address: EmailAddress
        do { address = try EmailAddress(text) } catch {
            return .page(
                pages.choices(of: record, token: token, given: text, error: "The new address \(error)."),
                status: .unprocessableContent)
        }
        let (id, now) = (tokenKeys.id(for: address), now())
        guard id != record.id else {
            return .page(
                pages.choices(of: record, token: token, given: text, error: "That is the address you have."),
                status: .unprocessableContent)
        }
        if rateLimiter.lets(visitor, at: now) {
            try await subscribers.perform(ChangeAddress(from: record.id, to: id, address, at: now))
        }
        return .page(pages.checkMail(given: address.display))
    }
}

extension PageResponse {
    /// All that is kept about a person, as a file.
    static func record(_ subscriber: Subscriber) -> PageResponse {
        PageResponse(
            type: "application/json; charset=utf-8", body: Array(subscriber.record.utf8), keeping: .nobody,
            fileName: "what-we-keep.json")
    }
}
