import Basics
import Bulletin
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Rendering
import Subscriptions
import Tokens

// To join: a form, a letter, a button. The form answers the same for every address, and only the letter that comes by mail
// leads further.
extension RequestHandler {
    func subscribe(_ request: Request, from visitor: IPAddress?) async throws -> PageResponse {
        guard request.method == .post else { return .page(pages.subscribe(), keeping: .everybody) }
        let fields = FormFields(try await body(of: request))
        guard isOurOwnForm(request) else {
            // The words of somebody else's form are not repeated.
            return .page(
                pages.subscribe(error: "That came from a page that is not ours. Please give your address here."),
                status: .forbidden)
        }
        let address: EmailAddress
        do { address = try EmailAddress(fields["email"]) } catch {
            let reason =
                fields["email"].isEmpty ? "Please give your email address." : "That is no email address: it \(error)."
            return .page(
                pages.subscribe(given: fields["email"], name: fields["name"], error: reason),
                status: .unprocessableContent)
        }
        let begun = ContinuousClock.now
        try await askToJoin(address, fields, from: visitor)
        try await Task.sleep(for: Self.rest(of: joiningStep, after: ContinuousClock.now - begun))
        return .page(pages.checkMail(given: address.display))
    }

    /// How long to wait until a whole number of `step`s has gone by; nothing where there is no step.
    static func rest(of step: Duration, after spent: Duration) -> Duration {
        guard step > .zero else { return .zero }
        return step * (Int(spent / step) + 1) - spent
    }

    private func askToJoin(_ address: EmailAddress, _ fields: FormFields, from visitor: IPAddress?) async throws {
        // A field that people do not see was filled in by a robot.
        guard fields["website"].isEmpty else { return }
        guard rateLimiter.lets(visitor, at: now()) else {
            logger.notice("sign-up passed over: too many within the hour")
            return
        }
        let id = tokenKeys.id(for: address)
        try await subscribers.perform(Join(id, address: address, name: fields["name"], at: now()))
        logger.info("asked to join", metadata: ["subscriber": "\(id)"])
    }

    func confirm(_ token: String, _ request: Request, from visitor: IPAddress?) async throws -> PageResponse {
        guard let opened = tokenKeys.open(token, as: .confirm, at: now()) else { return lostLink(token, as: .confirm) }
        guard request.method == .post, isOurOwnForm(request) else { return .page(pages.confirm(token: token)) }
        _ = try await body(of: request)
        let origin = keeping.recordsOrigin ? visitor.map { ", from \($0)" } ?? "" : ""
        let now = now()
        let consent = Consent(how: .web, when: now, wording: pages.wording, by: "the page to confirm\(origin)")
        let confirmed: Subscriber
        switch try await subscribers.perform(Confirm(opened.id, version: opened.version, consent: consent, at: now)) {
        case .confirmed(let record), .already(let record): confirmed = record
        case .usedUp: return .page(pages.oldLink(), status: .gone)
        }
        logger.info("confirmed", metadata: ["subscriber": "\(opened.id)"])
        return .page(pages.confirmed(pausedUntil: confirmed.status == .paused ? confirmed.pausedUntil : nil))
    }

    /// The answer to a link that does not open: it may be ours, and too old.
    func lostLink(_ token: String, as purpose: LimitedPurpose) -> PageResponse {
        tokenKeys.open(token, as: purpose, at: .distantPast) == nil
            ? .page(pages.badLink(), status: .notFound) : .page(pages.oldLink(), status: .gone)
    }
}
