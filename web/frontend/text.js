// The few sentences that scripts say. Everything else comes from the server.
const SENTENCES = {
  zh: {
    saving: '正在保存…',
    saved: (time) => `已保存 ${time}`,
    notSaved: '未能保存，请勿关闭页面',
    cancel: '取消',
    confirm: '确定',
    counter: (used, limit) => `${used} / ${limit} 字`,
    noDiagram: '流程图暂时无法显示',
  },
  en: {
    saving: 'Saving…',
    saved: (time) => `Saved ${time}`,
    notSaved: 'Not saved; keep this page open',
    cancel: 'Cancel',
    confirm: 'OK',
    counter: (used, limit) => `${used} / ${limit} characters`,
    noDiagram: 'The diagram cannot be shown',
  },
};

export const text = SENTENCES[document.documentElement.lang.startsWith('en') ? 'en' : 'zh'];
