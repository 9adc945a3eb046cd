package import Bulletin
package import Composition
package import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import Records
package import Seals
import ServiceLifecycle

/// The web pages that subscribers meet. It reads issues and records wishes to leave; it never sends anything.
package struct WebService: Service {
    /// Where to listen and what the process lends.
    package struct Place: Sendable {
        /// An address or a name, and a port; port 0 takes any that is free.
        package var host: String
        package var port: Int
        package var logger: Logger
        package var now: @Sendable () -> Date
        /// Told the port, once requests are taken.
        package var onListening: @Sendable (Int) async -> Void

        package init(
            host: String, port: Int, logger: Logger, now: @escaping @Sendable () -> Date,
            onListening: @escaping @Sendable (Int) async -> Void = { _ in }
        ) {
            (self.host, self.port, self.logger, self.now) = (host, port, logger, now)
            self.onListening = onListening
        }
    }

    /// What is kept of people, and whose word is taken about where they come from.
    package struct Policy: Sendable {
        /// Addresses and networks whose X-Forwarded-For is believed.
        package var trustedProxies: [String]
        package var keeping: Pages.Keeping

        package init(trustedProxies: [String], keeping: Pages.Keeping) {
            (self.trustedProxies, self.keeping) = (trustedProxies, keeping)
        }
    }

    private let place: Place
    private let frontDoor: FrontDoor

    /// `zone` is the schedule's, in which the archive's dates are written.
    package init(
        place: Place, masthead: Masthead, pages: Pages, zone: TimeZone, folder: StateFolder, calendars: CalendarPress,
        roll: any Roll, seals: SealRing, policy: Policy, began: Date
    ) {
        self.place = place
        let reception = Reception(
            masthead: masthead, pages: pages, seals: seals, zone: zone, archive: Archive(shelf: folder.issues),
            desk: RollDesk(roll: roll), gate: SignUpGate(), visitors: VisitorAddress(trusting: policy.trustedProxies),
            keeping: policy.keeping,
            calendars: CalendarDesk(folder: folder, press: calendars, domain: masthead.from.domain),
            feed: FeedPress(masthead: masthead, began: began), cache: PageCache(), now: place.now, logger: place.logger)
        frontDoor = FrontDoor(reception)
    }

    /// Every request from now on is answered by these. What is counted of visitors, and the folder, stay.
    package func adopt(
        masthead: Masthead, pages: Pages, zone: TimeZone, calendars: CalendarPress, policy: Policy, began: Date
    ) {
        frontDoor.change { reception in
            (reception.masthead, reception.pages, reception.zone) = (masthead, pages, zone)
            reception.visitors = VisitorAddress(trusting: policy.trustedProxies)
            reception.keeping = policy.keeping
            reception.calendars = reception.calendars.printing(with: calendars, domain: masthead.from.domain)
            reception.feed = FeedPress(masthead: masthead, began: began)
            reception.cache = PageCache()
        }
    }

    /// Serves until the task is cancelled or the service group shuts down. Throws ``WebFault`` where it cannot listen.
    package func run() async throws {
        var quiet = place.logger
        // The server's own words at debug level may hold what was asked for.
        quiet.logLevel = max(quiet.logLevel, .warning)
        let place = place
        let server = Application(
            responder: frontDoor,
            server: .http1(
                configuration: .init(
                    idleTimeout: Limits.idle,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Limits.header, maxHeaderListSize: Limits.header,
                        maxHeaderFieldCount: Limits.headerFields))),
            configuration: .init(
                address: .hostname(place.host, port: place.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Limits.connections)),
            onServerRunning: { channel in await place.onListening(channel.localAddress?.port ?? place.port) },
            logger: quiet)
        do {
            try await server.run()
        } catch let error as IOError {
            throw WebFault(place: "\(place.host):\(place.port)", errno: error.errnoCode)
        }
    }

    /// What one visitor, or all of them, may cost.
    private enum Limits {
        /// A connection without a request, or with one that does not come to its end.
        static let idle = TimeAmount.seconds(30)
        /// Bytes; browsers send some 2,000.
        static let header = 16 * 1024
        static let headerFields = 100
        /// Further ones wait in the kernel.
        static let connections = 512
    }
}

/// Why the web pages cannot be served.
package struct WebFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let place: String
    package let errno: Int32

    package var description: String {
        switch errno {
        case EADDRINUSE:
            "web.listen: \(place) is taken by another program: stop it, or set web.listen to another port"
        case EACCES:
            "web.listen: \(place) may not be listened on by this user: take a port above 1023 and let the proxy lead to it"
        case EADDRNOTAVAIL: "web.listen: \(place) is no address of this machine: set web.listen to one that is"
        default: "web.listen: \(place) cannot be listened on: \(String(cString: strerror(errno)))"
        }
    }
}
