// Runs the published SDK for a test, in Node and in a page alike: takes requests, tells what the SDK calls back.
// The SDK stays as it is; what it sends and receives is seen by standing between it and the platform's WebSocket.
"use strict";

(function (root) {
  const CALLBACKS = {
    session: ["onLoginSuccess", "onLoginFailed", "onLogout", "onMessageInstantReceive"],
    channel: [
      "onChannelJoined", "onChannelJoinFailed", "onChannelLeaved", "onChannelUserList", "onChannelUserJoined",
      "onChannelUserLeaved", "onChannelAttrUpdated", "onMessageChannelReceive",
    ],
    call: [
      "onInviteReceivedByPeer", "onInviteAcceptedByPeer", "onInviteRefusedByPeer", "onInviteFailed",
      "onInviteEndByPeer", "onInviteEndByMyself", "onInviteMsg",
    ],
  };

  // `tell` takes one message for the test. Returns the function that carries out a request.
  root.startDriver = function (Signal, tell) {
    const objects = new Map();
    const sockets = tapSockets(root);
    const requests = tapRequests(root);

    function keep(kind, object) {
      const id = `${kind}-${objects.size + 1}`;
      objects.set(id, object);
      for (const event of CALLBACKS[kind]) {
        object[event] = (...args) => tell({ object: id, event, args });
      }
      return id;
    }

    const operations = {
      version: () => Signal("").getSDKVersion(),

      login({ app, account, token, retries, retryTime, url, discovery, telemetry, wechat, without }) {
        const signal = wechat ? asWechat(root, () => Signal(app)) : Signal(app);
        signal.rp_url = telemetry;
        // Two arrays, not one: the SDK tells the lists apart by identity.
        signal.lbs_url1 = [...discovery];
        signal.lbs_url2 = [...discovery];
        signal.lbs_wx = [...discovery];
        if (url) signal.setup_debugging("ap_url", url);
        const session = signal.login(account, token, retries, retryTime);
        const id = keep("session", session);
        session.onInviteReceived = (call) => {
          const { channelName, peer, extra } = call;
          tell({ object: id, event: "onInviteReceived", args: [keep("call", call), channelName, peer, extra] });
        };
        for (const event of without || []) session[event] = "";
        return id;
      },

      // Calls a method; what it returns is kept when it is a channel or a call.
      do({ object, method, args, keep: kind }) {
        const made = objects.get(object)[method](...args);
        return kind ? keep(kind, made) : null;
      },

      // Calls a method that takes a callback last; answers with the callback's arguments.
      ask: ({ object, method, args }) =>
        new Promise((resolve) => objects.get(object)[method](...args, (...results) => resolve(results))),

      status: ({ object }) => objects.get(object).getStatus(),
      sockets: ({ account }) => sockets.filter((socket) => account === undefined || socket.account === account),
      requests: () => requests,
    };

    return async function carryOut(request) {
      try {
        tell({ answers: request.number, result: (await operations[request.op](request)) ?? null });
      } catch (error) {
        tell({ answers: request.number, broken: String((error && error.stack) || error) });
      }
    };
  };

  // Every connection, its frames in order, and how it ended.
  function tapSockets(root) {
    const sockets = [];
    root.WebSocket = class extends root.WebSocket {
      constructor(url) {
        super(url);
        const seen = { url: String(url), account: null, opened: false, closed: null, frames: [] };
        sockets.push((this.seen = seen));
        const note = (direction, data) =>
          seen.frames.push([direction, Date.now(), typeof data === "string" ? data : `binary ${data.byteLength}`]);
        this.note = note;
        this.addEventListener("open", () => (seen.opened = true));
        this.addEventListener("message", (message) => note("in", message.data));
        this.addEventListener("close", (close) => (seen.closed = close.code));
      }

      send(data) {
        const [event, fields] = JSON.parse(data);
        if (event === "login") this.seen.account = fields.account;
        this.note("out", data);
        super.send(data);
      }
    };
    return sockets;
  }

  // Every HTTP request that the SDK makes, and its status once there is one.
  function tapRequests(root) {
    const requests = [];
    root.XMLHttpRequest = class extends root.XMLHttpRequest {
      open(method, url, ...rest) {
        this.seen = { method, url: String(url), status: null };
        requests.push(this.seen);
        this.addEventListener("loadend", () => (this.seen.status = this.status));
        super.open(method, url, ...rest);
      }
    };
    return requests;
  }

  // The SDK decides by the user agent, once per Signal, where it runs.
  function asWechat(root, run) {
    root.wx = root.wx || wechatOf(root);
    const before = Object.getOwnPropertyDescriptor(root.navigator, "userAgent");
    Object.defineProperty(root.navigator, "userAgent", { value: "MicroMessenger", configurable: true });
    try {
      return run();
    } finally {
      delete root.navigator.userAgent;
      if (before) Object.defineProperty(root.navigator, "userAgent", before);
    }
  }

  // As much of WeChat's network interface as the SDK touches. It knows wss only; the server under test speaks ws.
  function wechatOf(root) {
    return {
      request({ url, success, fail }) {
        const controller = new AbortController();
        root.fetch(url, { signal: controller.signal }).then((answer) => answer.json()).then((data) => success({ data }), fail);
        return { abort: () => controller.abort() };
      },
      connectSocket: function ({ url }) {
        const socket = new root.WebSocket(url.replace(/^wss:/, "ws:"));
        socket.binaryType = "arraybuffer";
        this.send = ({ data }) => socket.send(data);
        this.close = () => socket.close();
        this.onOpen = (then) => socket.addEventListener("open", then);
        this.onClose = (then) => socket.addEventListener("close", then);
        this.onMessage = (then) => socket.addEventListener("message", then);
        this.onError = (then) => socket.addEventListener("error", then);
      },
    };
  }
})(globalThis);
