/**
 * Chats as texts: the templates that models bring.
 *
 * <p>Internal: public only for the layers above.
 */
package dev.ablate.model.chat;
