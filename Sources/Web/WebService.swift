package import Bulletin
package import Foundation
import HTTPServing
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import Records
package import Rendering
import ServiceLifecycle
package import Tokens

/// The web pages that subscribers meet. It reads issues and records what subscribers ask for; it never sends anything.
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

    /// How long details of people are kept, and which proxies are believed about where visitors come from.
    package struct Policy: Sendable {
        /// Addresses and networks whose X-Forwarded-For is believed.
        package var trustedProxies: [String]
        package var keeping: Pages.Keeping

        package init(trustedProxies: [String], keeping: Pages.Keeping) {
            (self.trustedProxies, self.keeping) = (trustedProxies, keeping)
        }
    }

    /// The most that one visitor, or all of them, may cost.
    package struct Limits: Sendable {
        /// A connection without a request, or with headers that do not come to their end.
        package var idle = Duration.seconds(30)
        /// From the end of a request's headers to the end of its body, whether somebody wants it or not.
        package var request = Duration.seconds(30)
        /// How long a form may take to come: a link by telephone brings a hundred bytes in less.
        package var form = Duration.seconds(20)
        /// Answers to the form to join come at the end of a step as long as this, counted from when it was read: how long
        /// the subscriber list took must not tell who is on it.
        package var joiningStep = Duration.milliseconds(50)
        /// For a visitor to take an answer.
        package var answer = Duration.seconds(60)
        /// Bytes of headers; browsers send some 2,000.
        package var header = 16 * 1024
        package var headerFields = 100
        /// Further ones wait in the kernel.
        package var connections = 512
        /// From one IPv4 address or one IPv6 network of 64 bits; a browser makes six. Trusted proxies may have them all.
        package var connectionsFromOne = 64

        package init() {}
    }

    private let place: Place
    private let limits: Limits
    private let frontDoor: ReloadableHandler

    /// `zone` is the schedule's, in which the archive's dates are written. `onCommit` is called after each change of the
    /// subscriber list: a letter may be owed since.
    package init(
        place: Place, masthead: Masthead, pages: Pages, zone: TimeZone, folder: StateFolder, calendars: CalendarWriter,
        subscriberList: any SubscriberList, tokenKeys: TokenKeys, policy: Policy, began: Date,
        limits: Limits = Limits(),
        onCommit: @escaping @Sendable () -> Void = {}
    ) {
        (self.place, self.limits) = (place, limits)
        let handler = RequestHandler(
            masthead: masthead, pages: pages, tokenKeys: tokenKeys, zone: zone, archive: Archive(store: folder.issues),
            subscribers: GroupCommit(subscriberList: subscriberList, onCommit: onCommit),
            rateLimiter: SignUpRateLimiter(),
            visitors: VisitorAddress(trusting: policy.trustedProxies),
            keeping: policy.keeping,
            calendars: CalendarPages(folder: folder, renderer: calendars, domain: masthead.from.domain),
            feed: AtomWriter(masthead: masthead, began: began), cache: PageCache(), timeouts: limits.form,
            joiningStep: limits.joiningStep,
            now: place.now, logger: place.logger)
        frontDoor = ReloadableHandler(handler)
    }

    /// Every request from now on is answered by these. The counts of visitors, and the folder, stay.
    package func adopt(
        masthead: Masthead, pages: Pages, zone: TimeZone, calendars: CalendarWriter, policy: Policy, began: Date
    ) {
        frontDoor.change { handler in
            (handler.masthead, handler.pages, handler.zone) = (masthead, pages, zone)
            handler.visitors = VisitorAddress(trusting: policy.trustedProxies)
            handler.keeping = policy.keeping
            handler.calendars = handler.calendars.printing(with: calendars, domain: masthead.from.domain)
            handler.feed = AtomWriter(masthead: masthead, began: began)
            handler.cache = PageCache()
        }
    }

    /// Serves until the task is cancelled or the service group shuts down. Throws ``WebFault`` where it cannot listen.
    package func run() async throws {
        var quiet = place.logger
        // The server's own words at debug level may hold what was asked for.
        quiet.logLevel = max(quiet.logLevel, .warning)
        let (place, limits, frontDoor) = (place, limits, frontDoor)
        let count = ConnectionCount(most: limits.connectionsFromOne)
        let server = HTTPServer(
            responder: frontDoor,
            builder: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(limits, count: count, frontDoor)],
                    idleTimeout: TimeAmount(limits.idle),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.header, maxHeaderListSize: limits.header,
                        maxHeaderFieldCount: limits.headerFields))),
            configuration: .init(
                address: .hostname(place.host, port: place.port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { channel in await place.onListening(channel.localAddress?.port ?? place.port) },
            logger: quiet)
        do {
            try await server.run()
        } catch let error as IOError {
            throw WebFault(place: "\(place.host):\(place.port)", errno: error.errnoCode)
        }
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
            "web.listen: this user may not listen on \(place): use a port above 1023 and let the proxy lead to it"
        case EADDRNOTAVAIL: "web.listen: \(place) is no address of this machine: set web.listen to one that is"
        default: "web.listen: \(place) cannot be listened on: \(String(cString: strerror(errno)))"
        }
    }
}
