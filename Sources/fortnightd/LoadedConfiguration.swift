import Foundation
import Planning
import Publishing
import Records
import Rendering
import Settings
import Web

/// Everything derived from a configuration, read and checked: at the start, and again at every reload.
struct LoadedConfiguration {
    let context: PublishingContext
    let pages: Pages
    let calendars: CalendarWriter
    let policy: WebService.Policy
    let began: Date
    /// Harmless oddities, besides the configuration's own warnings; a sentence each.
    let warnings: [String]

    /// Throws faults that would otherwise show at the first issue: a secret that cannot be read, a broken template, a
    /// schedule that reuses a number.
    init(_ configuration: Configuration, folder: StateFolder) throws {
        _ = try configuration.relays()
        _ = try configuration.mailboxPlace()
        let signer = try configuration.signer()
        warnings = configuration.signingWarnings(signer)
        let templates = try TemplateSet(folder: configuration.templates)
        context = PublishingContext(configuration: configuration, folder: folder, templates: templates, signer: signer)
        _ = try context.timetable()
        pages = Pages(templates: templates, masthead: configuration.masthead)
        calendars = CalendarWriter(
            masthead: configuration.masthead, templates: templates, zone: configuration.schedule.timezone)
        policy = WebService.Policy(
            trustedProxies: configuration.web.trustedProxies,
            keeping: Pages.Keeping(
                unsubscribed: configuration.privacy.keepUnsubscribed.seconds,
                recordsOrigin: configuration.web.recordOrigin))
        began = try folder.began()
    }

    /// Throws any fault, and makes nothing.
    static func check(_ configuration: Configuration, folder: StateFolder) throws {
        // Before the first start no folder can conflict with the schedule, and not every account may read it.
        guard (try? folder.began()) == nil else {
            _ = try LoadedConfiguration(configuration, folder: folder)
            return
        }
        _ = try configuration.relays()
        _ = try configuration.mailboxPlace()
        _ = try configuration.signer()
        _ = try TemplateSet(folder: configuration.templates)
    }
}
